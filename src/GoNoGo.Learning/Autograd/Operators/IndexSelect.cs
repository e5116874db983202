using GoNoGo.Tensors;
using Kernel = GoNoGo.Tensors.Kernels.IndexSelect;

namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>Positions of one dimension picked by number; the gradient of a position picked several times adds up.</summary>
public static class IndexSelectOperator
{
    /// <summary>y[.., j, ..] = x[.., index[j], ..].</summary>
    /// <param name="x"><c>[.., n, ..]</c> with n at <paramref name="axis"/>.</param>
    /// <param name="axis">The dimension; negative counts from the end.</param>
    /// <param name="index">Positions 0 .. n - 1; must stay unchanged until the backward pass is done.</param>
    /// <exception cref="ArgumentException">A position outside the dimension.</exception>
    public static Variable IndexSelect(this Variable x, int axis, int[] index)
    {
        ArgumentNullException.ThrowIfNull(index);
        Tape tape = x.Tape;
        int at = axis < 0 ? axis + x.Shape.Rank : axis;
        Tensor y = tape.New(x.Shape.With(at, index.Length));
        Kernel.Forward(x.Value, at, index, y);
        if (!tape.Tracks(x))
        {
            return tape.Constant(y);
        }

        Node node = tape.Rent<Node>();
        (node.X, node.Axis, node.Index) = (x, at, index);
        return tape.Emit(y, node);
    }

    private sealed class Node : TapeNode
    {
        public Variable X { get; set; }

        public int Axis { get; set; }

        public int[] Index { get; set; } = [];

        public override void Backward(Tape tape, Tensor gradient) => Kernel.Backward(gradient, Axis, Index, tape.Accumulate(X));
    }
}
