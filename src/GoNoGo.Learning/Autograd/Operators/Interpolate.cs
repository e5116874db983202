using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using Kernel = GoNoGo.Tensors.Kernels.Interpolate;

namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>Resizes the last two dimensions without antialiasing.</summary>
public static class InterpolateOperator
{
    /// <summary>Resamples every map of x.</summary>
    /// <param name="x"><c>[.., H, W]</c>.</param>
    /// <param name="height">h.</param>
    /// <param name="width">w.</param>
    /// <param name="mode">How values in between are found.</param>
    /// <param name="alignCorners">Whether the centres of the corner elements coincide; without meaning for nearest.</param>
    /// <returns><c>[.., h, w]</c>.</returns>
    /// <exception cref="ArgumentException">Fewer than two dimensions, or an empty map.</exception>
    public static Variable Interpolate(this Variable x, int height, int width, InterpolationMode mode, bool alignCorners = false)
    {
        Tape tape = x.Tape;
        Tensor y = tape.New(x.Shape.With(-2, height).With(-1, width));
        Kernel.Forward(x.Value, mode, alignCorners, y);
        if (!tape.Tracks(x))
        {
            return tape.Constant(y);
        }

        Node node = tape.Rent<Node>();
        (node.X, node.Mode, node.AlignCorners) = (x, mode, alignCorners);
        return tape.Emit(y, node);
    }

    private sealed class Node : TapeNode
    {
        public Variable X { get; set; }

        public InterpolationMode Mode { get; set; }

        public bool AlignCorners { get; set; }

        public override void Backward(Tape tape, Tensor gradient) => Kernel.Backward(gradient, Mode, AlignCorners, tape.Accumulate(X));
    }
}
