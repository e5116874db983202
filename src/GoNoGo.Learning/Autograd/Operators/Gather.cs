using GoNoGo.Tensors;
using Kernel = GoNoGo.Tensors.Kernels.Gather;

namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>Elements of one dimension picked by a table of numbers; the gradient of an element picked several times adds up.</summary>
public static class GatherOperator
{
    /// <summary>y[i, j, k] = x[i, index[i, j, k], k], with the chosen dimension in the middle.</summary>
    /// <param name="x"><c>[.., n, ..]</c> with n at <paramref name="axis"/>.</param>
    /// <param name="axis">The dimension; negative counts from the end.</param>
    /// <param name="index">Positions 0 .. n - 1, row-major, count positions for each place; unchanged until the backward pass is done.</param>
    /// <param name="count">Length of the chosen dimension in y.</param>
    /// <exception cref="ArgumentException">Another number of positions, or one outside the dimension.</exception>
    public static Variable Gather(this Variable x, int axis, int[] index, int count)
    {
        ArgumentNullException.ThrowIfNull(index);
        Tape tape = x.Tape;
        int at = axis < 0 ? axis + x.Shape.Rank : axis;
        Tensor y = tape.New(x.Shape.With(at, count));
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
