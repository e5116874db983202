using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;

namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>The same elements, in row-major order, under another shape.</summary>
public static class ReshapeOperator
{
    /// <summary>x of any shape as <paramref name="shape"/>; the value is a view, no data is copied.</summary>
    /// <exception cref="ArgumentException">The shapes have different numbers of elements.</exception>
    public static Variable Reshape(this Variable x, Shape shape)
    {
        Tape tape = x.Tape;
        Tensor y = x.Value.Reshape(shape);
        if (!tape.Tracks(x))
        {
            return tape.Constant(y);
        }

        Node node = tape.Rent<Node>();
        node.X = x;
        return tape.Emit(y, node);
    }

    private sealed class Node : TapeNode
    {
        public Variable X { get; set; }

        public override void Backward(Tape tape, Tensor gradient)
        {
            Tensor gradX = tape.Accumulate(X, out bool overwrite);
            Shape shape = gradX.Shape;
            Strides strides = Strides.RowMajor(shape);
            StridedCopy.Run(gradient, 0, strides, shape, 0, strides, !overwrite, gradX);
        }
    }
}
