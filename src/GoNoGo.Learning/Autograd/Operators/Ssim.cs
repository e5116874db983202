using GoNoGo.Tensors;
using Kernel = GoNoGo.Tensors.Kernels.Ssim;

namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>Structural similarity of pictures with values of range 1: see <see cref="GoNoGo.Tensors.Kernels.Ssim"/>.</summary>
public static class SsimOperator
{
    /// <summary>The mean over all pixels, channels and images: a scalar, 1 for equal pictures.</summary>
    /// <param name="a"><c>[B, C, H, W]</c>.</param>
    /// <param name="b">The same shape.</param>
    /// <exception cref="ArgumentException">The shapes differ or have not four dimensions.</exception>
    public static Variable Ssim(this Variable a, Variable b)
    {
        Tensor y = a.Tape.New(Shape.Scalar);
        Kernel.Forward(a.Value, b.Value, default, default, y);
        return Emit(a, b, y);
    }

    /// <summary>The mean over the pixels and channels of each image, <c>[B]</c>.</summary>
    /// <inheritdoc cref="Ssim"/>
    public static Variable SsimPerImage(this Variable a, Variable b)
    {
        Tensor y = a.Tape.New(new Shape(a.Shape[0]));
        Kernel.Forward(a.Value, b.Value, default, y, default);
        return Emit(a, b, y);
    }

    /// <summary>The similarity of every pixel, in the shape of the pictures.</summary>
    /// <inheritdoc cref="Ssim"/>
    public static Variable SsimMap(this Variable a, Variable b)
    {
        Tensor y = a.Tape.New(a.Shape);
        Kernel.Forward(a.Value, b.Value, y, default, default);
        return Emit(a, b, y);
    }

    private static Variable Emit(Variable a, Variable b, Tensor y)
    {
        Tape tape = a.Tape;
        if (!tape.Tracks(a, b))
        {
            return tape.Constant(y);
        }

        Node node = tape.Rent<Node>();
        (node.A, node.B) = (a, b);
        return tape.Emit(y, node);
    }

    private sealed class Node : TapeNode
    {
        public Variable A { get; set; }

        public Variable B { get; set; }

        public override void Backward(Tape tape, Tensor gradient)
        {
            Tensor gradA = default;
            Tensor gradB = default;
            bool overwriteA = false;
            bool overwriteB = false;
            if (A.NeedsGradient)
            {
                gradA = tape.Accumulate(A, out overwriteA);
            }

            if (B.NeedsGradient)
            {
                gradB = tape.Accumulate(B, out overwriteB);
            }

            Kernel.Backward(A.Value, B.Value, Spread(tape, gradient), !overwriteA, gradA, !overwriteB, gradB);
        }

        /// <summary>The gradient of each pixel's similarity, where a mean was taken: the same for all pixels of an image.</summary>
        private Tensor Spread(Tape tape, Tensor gradient)
        {
            Shape shape = A.Shape;
            if (gradient.Shape == shape)
            {
                return gradient;
            }

            Tensor perPixel = tape.New(new Shape(shape[0]));
            long averaged = gradient.Rank == 0 ? shape.ElementCount : shape.Product(1, 4);
            for (int image = 0; image < shape[0]; image++)
            {
                perPixel.Span[image] = (float)((double)gradient.Span[gradient.Rank == 0 ? 0 : image] / averaged);
            }

            return perPixel;
        }
    }
}
