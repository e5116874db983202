using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;

namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>Dimensions of length 1 repeated; the gradient is the sum over the repetitions.</summary>
public static class ExpandOperator
{
    /// <summary>x as <paramref name="shape"/>, of the same rank, where every dimension either is equal or is 1 in x: <c>[1, 1, D]</c> to <c>[B, 1, D]</c>.</summary>
    /// <exception cref="ArgumentException">The ranks differ, or a dimension that differs is not 1.</exception>
    public static Variable Expand(this Variable x, Shape shape)
    {
        Tape tape = x.Tape;
        Shape source = x.Shape;
        Strides strides = Strides.RowMajor(source);
        bool fits = source.Rank == shape.Rank;
        for (int axis = 0; fits && axis < shape.Rank; axis++)
        {
            if (source[axis] != shape[axis])
            {
                fits = source[axis] == 1;
                strides[axis] = 0;
            }
        }

        if (!fits)
        {
            throw new ArgumentException($"Expand: x {source} cannot become {shape}; only dimensions of length 1 are repeated.", nameof(shape));
        }

        Tensor y = tape.New(shape);
        StridedCopy.Run(x.Value, 0, strides, shape, 0, Strides.RowMajor(shape), add: false, y);
        if (!tape.Tracks(x))
        {
            return tape.Constant(y);
        }

        Node node = tape.Rent<Node>();
        node.X = x;
        node.Strides = strides;
        return tape.Emit(y, node);
    }

    private sealed class Node : TapeNode
    {
        public Variable X { get; set; }

        public Strides Strides { get; set; }

        public override void Backward(Tape tape, Tensor gradient) =>
            StridedCopy.Run(gradient, 0, GoNoGo.Tensors.Strides.RowMajor(gradient.Shape), gradient.Shape, 0, Strides, add: true, tape.Accumulate(X));
    }
}
