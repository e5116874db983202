using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using Kernel = GoNoGo.Tensors.Kernels.Pad;

namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>A margin around a tensor: constant, mirrored or repeated; negative widths cut off.</summary>
public static class PadOperator
{
    /// <summary>Adds a margin of a constant value.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="value">What stands in the margin.</param>
    /// <param name="widths">Last dimension before, after, then the dimension in front of it, and so on.</param>
    public static Variable Pad(this Variable x, float value, params ReadOnlySpan<int> widths) => Pad(x, PadMode.Constant, value, widths);

    /// <summary>Adds a mirrored or repeated margin.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="mode">What stands in the margin.</param>
    /// <param name="widths">Last dimension before, after, then the dimension in front of it, and so on.</param>
    /// <exception cref="ArgumentException">A reflection wider than the dimension minus one, or more cut off than there is.</exception>
    public static Variable Pad(this Variable x, PadMode mode, params ReadOnlySpan<int> widths) => Pad(x, mode, 0f, widths);

    private static Variable Pad(Variable x, PadMode mode, float value, ReadOnlySpan<int> amounts)
    {
        Tape tape = x.Tape;
        PadWidths widths = PadWidths.FromLast(x.Shape.Rank, amounts);
        Tensor y = tape.New(widths.Apply(x.Shape));
        Kernel.Forward(x.Value, widths, mode, value, y);
        if (!tape.Tracks(x))
        {
            return tape.Constant(y);
        }

        Node node = tape.Rent<Node>();
        (node.X, node.Widths, node.Mode) = (x, widths, mode);
        return tape.Emit(y, node);
    }

    private sealed class Node : TapeNode
    {
        public Variable X { get; set; }

        public PadWidths Widths { get; set; }

        public PadMode Mode { get; set; }

        public override void Backward(Tape tape, Tensor gradient) => Kernel.Backward(gradient, Widths, Mode, tape.Accumulate(X));
    }
}
