using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Kernels.Reductions;

namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>The largest element over some axes; elements that share the maximum share its gradient evenly.</summary>
public static class AmaxOperator
{
    /// <summary>Over the given axes.</summary>
    /// <param name="x">Any shape with at least one element.</param>
    /// <param name="axes">The axes; negative ones count from the end.</param>
    /// <param name="keepDimensions">Whether the axes stay as dimensions of 1.</param>
    /// <exception cref="ArgumentException">An axis does not exist or is named twice, or nothing is there to take a maximum of.</exception>
    public static Variable Amax(this Variable x, ReadOnlySpan<int> axes, bool keepDimensions = false)
    {
        Tape tape = x.Tape;
        uint mask = ReducedAxes.Mask("Amax", x.Shape, axes);
        Tensor y = tape.New(ReducedAxes.Result(x.Shape, mask, keepDimensions));
        MaxReduction.Run(x.Value, mask, y);
        if (!tape.Tracks(x))
        {
            return tape.Constant(y);
        }

        Node node = tape.Rent<Node>();
        node.X = x;
        node.Axes = mask;
        return tape.Emit(y, node);
    }

    private sealed class Node : TapeNode
    {
        public Variable X { get; set; }

        public uint Axes { get; set; }

        public override void Backward(Tape tape, Tensor gradient)
        {
            GradientTarget gradX = tape.Target(X);
            MaxReduction.Backward(X.Value, Output.Value, gradient, Axes, gradX.Tensor, gradX.Accumulate);
        }
    }
}
