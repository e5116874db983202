using GoNoGo.Tensors.Parallel;

namespace GoNoGo.Tensors.Kernels.Pooling;

/// <summary>
/// Average pooling to a given output extent: output i of n covers the inputs from floor(i * in / n) to
/// ceil((i + 1) * in / n). Windows may overlap, and n may be larger than the input.
/// </summary>
public static unsafe class AdaptiveAvgPool2dKernel
{
    /// <summary>y = mean over each window; the output extent is that of y.</summary>
    /// <param name="x"><c>[B, C, H, W]</c>.</param>
    /// <param name="y"><c>[B, C, H', W']</c>.</param>
    /// <exception cref="ArgumentException">Batch or channels differ, or an extent is zero.</exception>
    public static void Forward(Tensor x, Tensor y)
    {
        Require("AdaptiveAvgPool2d", x, y);
        Workers.For(x.Shape[0] * x.Shape[1], new ForwardBody(x.Pointer, x.Shape[2], x.Shape[3], y.Shape[2], y.Shape[3], y.Pointer));
    }

    /// <summary>The gradient of the input.</summary>
    /// <param name="gradY"><c>[B, C, H', W']</c>.</param>
    /// <param name="accumulate">Whether to add to gradX instead of overwriting it.</param>
    /// <param name="gradX"><c>[B, C, H, W]</c>.</param>
    /// <exception cref="ArgumentException">Batch or channels differ, or an extent is zero.</exception>
    public static void GradientOfInput(Tensor gradY, bool accumulate, Tensor gradX)
    {
        Require("AdaptiveAvgPool2d gradient", gradX, gradY);
        Workers.For(gradX.Shape[0] * gradX.Shape[1], new BackwardBody(gradY.Pointer, gradX.Shape[2], gradX.Shape[3], gradY.Shape[2], gradY.Shape[3], accumulate, gradX.Pointer));
    }

    private static void Require(string op, Tensor x, Tensor y)
    {
        if (x.Rank != 4 || y.Rank != 4 || x.ElementCount == 0 || y.ElementCount == 0 || x.Shape[0] != y.Shape[0] || x.Shape[1] != y.Shape[1])
        {
            throw new ArgumentException($"{op}: input {x.Shape} and output {y.Shape}, expected [B, C, H, W] and [B, C, H', W'] without a zero.", nameof(y));
        }
    }

    private static (int Start, int End) Window(int output, int extent, int outputs) =>
        ((int)((long)output * extent / outputs), (int)(((((long)output + 1) * extent) + outputs - 1) / outputs));

    private readonly struct ForwardBody(float* x, int height, int width, int outHeight, int outWidth, float* y) : IParallelBody
    {
        public void Invoke(int index)
        {
            float* plane = x + ((long)index * height * width);
            float* target = y + ((long)index * outHeight * outWidth);
            for (int oy = 0; oy < outHeight; oy++)
            {
                (int top, int bottom) = Window(oy, height, outHeight);
                for (int ox = 0; ox < outWidth; ox++)
                {
                    (int left, int right) = Window(ox, width, outWidth);
                    double sum = 0;
                    for (int row = top; row < bottom; row++)
                    {
                        for (int column = left; column < right; column++)
                        {
                            sum += plane[((long)row * width) + column];
                        }
                    }

                    *target++ = (float)(sum / ((long)(bottom - top) * (right - left)));
                }
            }
        }
    }

    private readonly struct BackwardBody(float* gradY, int height, int width, int outHeight, int outWidth, bool accumulate, float* gradX) : IParallelBody
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
                (int top, int bottom) = Window(oy, height, outHeight);
                for (int ox = 0; ox < outWidth; ox++)
                {
                    (int left, int right) = Window(ox, width, outWidth);
                    float share = *source++ / ((long)(bottom - top) * (right - left));
                    for (int row = top; row < bottom; row++)
                    {
                        for (int column = left; column < right; column++)
                        {
                            target[((long)row * width) + column] += share;
                        }
                    }
                }
            }
        }
    }
}
