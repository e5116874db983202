using GoNoGo.Tensors.Parallel;

namespace GoNoGo.Tensors.Kernels.Pooling;

/// <summary>
/// The mean of every window. Whether padding counts is the caller's choice: counted, every window is divided by its full
/// extent; not counted, by the number of its pixels inside the image.
/// </summary>
public static unsafe class AvgPool2dKernel
{
    /// <summary>y = mean over each window.</summary>
    /// <param name="x"><c>[B, C, H, W]</c>.</param>
    /// <param name="window">Extent, stride, padding.</param>
    /// <param name="countIncludePad">Whether padding counts as zeros.</param>
    /// <param name="y"><see cref="PoolWindow.OutputShape"/>.</param>
    /// <exception cref="ArgumentException">y has another shape.</exception>
    public static void Forward(Tensor x, in PoolWindow window, bool countIncludePad, Tensor y)
    {
        window.Require("AvgPool2d", x, y);
        Workers.For(x.Shape[0] * x.Shape[1], new ForwardBody(x.Pointer, x.Shape[2], x.Shape[3], window, countIncludePad, y.Shape[2], y.Shape[3], y.Pointer));
    }

    /// <summary>The gradient of the input.</summary>
    /// <param name="gradY">The gradient of the output.</param>
    /// <param name="window">That of the forward call.</param>
    /// <param name="countIncludePad">That of the forward call.</param>
    /// <param name="accumulate">Whether to add to gradX instead of overwriting it.</param>
    /// <param name="gradX">In the input's shape.</param>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public static void GradientOfInput(Tensor gradY, in PoolWindow window, bool countIncludePad, bool accumulate, Tensor gradX)
    {
        window.Require("AvgPool2d gradient", gradX, gradY);
        Workers.For(gradX.Shape[0] * gradX.Shape[1], new BackwardBody(gradY.Pointer, gradX.Shape[2], gradX.Shape[3], window, countIncludePad, gradY.Shape[2], gradY.Shape[3], accumulate, gradX.Pointer));
    }

    /// <summary>The part of a window inside the image along one axis.</summary>
    private static (int Start, int End) Inside(int output, int stride, int padding, int kernel, int extent)
    {
        int start = (output * stride) - padding;
        return (Math.Max(start, 0), Math.Min(start + kernel, extent));
    }

    private static float Divisor(in PoolWindow window, bool countIncludePad, int rows, int columns) =>
        countIncludePad ? window.KernelHeight * window.KernelWidth : rows * columns;

    private readonly struct ForwardBody(
        float* x, int height, int width, PoolWindow window, bool countIncludePad, int outHeight, int outWidth, float* y) : IParallelBody
    {
        public void Invoke(int index)
        {
            float* plane = x + ((long)index * height * width);
            float* target = y + ((long)index * outHeight * outWidth);
            for (int oy = 0; oy < outHeight; oy++)
            {
                (int top, int bottom) = Inside(oy, window.StrideHeight, window.PaddingHeight, window.KernelHeight, height);
                for (int ox = 0; ox < outWidth; ox++)
                {
                    (int left, int right) = Inside(ox, window.StrideWidth, window.PaddingWidth, window.KernelWidth, width);
                    double sum = 0;
                    for (int row = top; row < bottom; row++)
                    {
                        for (int column = left; column < right; column++)
                        {
                            sum += plane[(row * width) + column];
                        }
                    }

                    *target++ = (float)(sum / Divisor(window, countIncludePad, bottom - top, right - left));
                }
            }
        }
    }

    private readonly struct BackwardBody(
        float* gradY, int height, int width, PoolWindow window, bool countIncludePad, int outHeight, int outWidth, bool accumulate, float* gradX) : IParallelBody
    {
        public void Invoke(int index)
        {
            float* target = gradX + ((long)index * height * width);
            float* source = gradY + ((long)index * outHeight * outWidth);
            if (!accumulate)
            {
                new Span<float>(target, height * width).Clear();
            }

            for (int oy = 0; oy < outHeight; oy++)
            {
                (int top, int bottom) = Inside(oy, window.StrideHeight, window.PaddingHeight, window.KernelHeight, height);
                for (int ox = 0; ox < outWidth; ox++)
                {
                    (int left, int right) = Inside(ox, window.StrideWidth, window.PaddingWidth, window.KernelWidth, width);
                    float share = *source++ / Divisor(window, countIncludePad, bottom - top, right - left);
                    for (int row = top; row < bottom; row++)
                    {
                        for (int column = left; column < right; column++)
                        {
                            target[(row * width) + column] += share;
                        }
                    }
                }
            }
        }
    }
}
