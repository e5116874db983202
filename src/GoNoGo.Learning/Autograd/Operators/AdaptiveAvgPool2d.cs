using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels.Pooling;

namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>Average pooling to a given output extent.</summary>
public static class AdaptiveAvgPool2dOperator
{
    /// <summary>Output i of n covers the inputs from floor(i * in / n) to ceil((i + 1) * in / n).</summary>
    /// <param name="x"><c>[B, C, H, W]</c>.</param>
    /// <param name="height">Rows of the output.</param>
    /// <param name="width">Columns of the output.</param>
    /// <returns><c>[B, C, height, width]</c>.</returns>
    /// <exception cref="ArgumentException">x is not four-dimensional, or an extent is zero.</exception>
    public static Variable AdaptiveAvgPool2d(this Variable x, int height, int width)
    {
        Tape tape = x.Tape;
        if (x.Shape.Rank != 4)
        {
            throw new ArgumentException($"AdaptiveAvgPool2d: x has shape {x.Shape}, expected [B, C, H, W].", nameof(x));
        }

        Tensor y = tape.New(new Shape(x.Shape[0], x.Shape[1], height, width));
        AdaptiveAvgPool2dKernel.Forward(x.Value, y);
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
            AdaptiveAvgPool2dKernel.GradientOfInput(gradient, !overwrite, gradX);
        }
    }
}
