using GoNoGo.Tensors.Parallel;

namespace GoNoGo.Tensors.Kernels.Convolution;

/// <summary>The sum of every channel over images and pixels: the gradient of a convolution's bias.</summary>
internal static unsafe class ChannelSum
{
    /// <summary>sums[c] = sum over b, h, w of x[b, c, h, w], accumulated in double.</summary>
    public static void Compute(string op, Tensor x, bool accumulate, Tensor sums)
    {
        if (x.Rank != 4 || sums.Rank != 1 || sums.Shape[0] != x.Shape[1])
        {
            throw new ArgumentException($"{op}: gradBias has shape {sums.Shape}, expected [{(x.Rank == 4 ? x.Shape[1] : 0)}] for gradY {x.Shape}.", nameof(sums));
        }

        Shape shape = x.Shape;
        Workers.For(shape[1], new Body(x.Pointer, shape[0], shape[1], (long)shape[2] * shape[3], accumulate, sums.Pointer));
    }

    private readonly struct Body(float* x, int images, int channels, long pixels, bool accumulate, float* sums) : IParallelBody
    {
        public void Invoke(int index)
        {
            double total = 0;
            for (int image = 0; image < images; image++)
            {
                float* plane = x + (((long)image * channels) + index) * pixels;
                double s0 = 0, s1 = 0, s2 = 0, s3 = 0;
                long i = 0;
                for (; i + 4 <= pixels; i += 4)
                {
                    s0 += plane[i];
                    s1 += plane[i + 1];
                    s2 += plane[i + 2];
                    s3 += plane[i + 3];
                }

                for (; i < pixels; i++)
                {
                    s0 += plane[i];
                }

                total += s0 + s1 + (s2 + s3);
            }

            sums[index] = (float)(accumulate ? sums[index] + total : total);
        }
    }
}
