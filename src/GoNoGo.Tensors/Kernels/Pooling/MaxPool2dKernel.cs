using GoNoGo.Tensors.Parallel;

namespace GoNoGo.Tensors.Kernels.Pooling;

/// <summary>The largest pixel of every window; padding never wins. NaN wins over everything, as in the field's usual frameworks.</summary>
public static unsafe class MaxPool2dKernel
{
    /// <summary>y = maximum over each window.</summary>
    /// <param name="x"><c>[B, C, H, W]</c>.</param>
    /// <param name="window">Extent, stride, padding.</param>
    /// <param name="y"><see cref="PoolWindow.OutputShape"/>.</param>
    /// <exception cref="ArgumentException">y has another shape.</exception>
    public static void Forward(Tensor x, in PoolWindow window, Tensor y)
    {
        window.Require("MaxPool2d", x, y);
        Workers.For(x.Shape[0] * x.Shape[1], new ForwardBody(x.Pointer, x.Shape[2], x.Shape[3], window, y.Shape[2], y.Shape[3], y.Pointer));
    }

    /// <summary>The gradient of the input: each window's gradient goes to its first largest pixel in row-major order.</summary>
    /// <param name="x">The forward call's input.</param>
    /// <param name="gradY">The gradient of the output.</param>
    /// <param name="window">That of the forward call.</param>
    /// <param name="accumulate">Whether to add to gradX instead of overwriting it.</param>
    /// <param name="gradX">In x's shape.</param>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public static void GradientOfInput(Tensor x, Tensor gradY, in PoolWindow window, bool accumulate, Tensor gradX)
    {
        window.Require("MaxPool2d gradient", x, gradY);
        window.Require("MaxPool2d gradient", gradX, gradY);
        Workers.For(x.Shape[0] * x.Shape[1], new BackwardBody(x.Pointer, gradY.Pointer, x.Shape[2], x.Shape[3], window, gradY.Shape[2], gradY.Shape[3], accumulate, gradX.Pointer));
    }

    private static int FirstMaximum(float* plane, int height, int width, in PoolWindow window, int oy, int ox)
    {
        int top = (oy * window.StrideHeight) - window.PaddingHeight;
        int left = (ox * window.StrideWidth) - window.PaddingWidth;
        int bottom = Math.Min(top + window.KernelHeight, height);
        int right = Math.Min(left + window.KernelWidth, width);
        top = Math.Max(top, 0);
        left = Math.Max(left, 0);
        int best = (top * width) + left;
        float largest = plane[best];
        for (int row = top; row < bottom; row++)
        {
            for (int column = left; column < right; column++)
            {
                float value = plane[(row * width) + column];
                // Comparing this way round lets NaN in, and keeps the first one.
                if (!(value <= largest) && !float.IsNaN(largest))
                {
                    largest = value;
                    best = (row * width) + column;
                }
            }
        }

        return best;
    }

    private readonly struct ForwardBody(float* x, int height, int width, PoolWindow window, int outHeight, int outWidth, float* y) : IParallelBody
    {
        public void Invoke(int index)
        {
            float* plane = x + ((long)index * height * width);
            float* target = y + ((long)index * outHeight * outWidth);
            for (int oy = 0; oy < outHeight; oy++)
            {
                for (int ox = 0; ox < outWidth; ox++)
                {
                    *target++ = plane[FirstMaximum(plane, height, width, window, oy, ox)];
                }
            }
        }
    }

    private readonly struct BackwardBody(
        float* x, float* gradY, int height, int width, PoolWindow window, int outHeight, int outWidth, bool accumulate, float* gradX) : IParallelBody
    {
        public void Invoke(int index)
        {
            float* plane = x + ((long)index * height * width);
            float* target = gradX + ((long)index * height * width);
            float* source = gradY + ((long)index * outHeight * outWidth);
            if (!accumulate)
            {
                new Span<float>(target, height * width).Clear();
            }

            for (int oy = 0; oy < outHeight; oy++)
            {
                for (int ox = 0; ox < outWidth; ox++)
                {
                    target[FirstMaximum(plane, height, width, window, oy, ox)] += *source++;
                }
            }
        }
    }
}
