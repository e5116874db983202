using GoNoGo.Learning.Autograd;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;

namespace GoNoGo.Detection.Scoring;

/// <summary>How much reconstructions differ from their pictures; each picture for itself, so that scores do not depend on a batch.</summary>
internal static class ReconstructionError
{
    /// <summary>Mean squared error and mean structural similarity of each picture.</summary>
    /// <param name="tape">Lends scratch memory.</param>
    /// <param name="pictures"><c>[B, C, H, W]</c>.</param>
    /// <param name="reconstructions"><c>[B, C, H, W]</c>.</param>
    /// <param name="judged">Which pixels count, <c>[B, H, W]</c>; empty: all.</param>
    /// <param name="mse">Receives B values.</param>
    /// <param name="ssim">Receives B values.</param>
    public static void Of(Tape tape, Tensor pictures, Tensor reconstructions, ReadOnlySpan<byte> judged, Span<double> mse, Span<double> ssim)
    {
        int batch = pictures.Shape[0];
        if (!judged.IsEmpty)
        {
            OfJudged(tape, pictures, reconstructions, judged, mse, ssim);
            return;
        }

        Tensor similarity = tape.New(new Shape(batch));
        Ssim.Forward(pictures, reconstructions, default, similarity, default);
        for (int b = 0; b < batch; b++)
        {
            ReadOnlySpan<float> x = pictures[b].Span;
            ReadOnlySpan<float> y = reconstructions[b].Span;
            double error = 0;
            for (int i = 0; i < x.Length; i++)
            {
                double difference = x[i] - y[i];
                error += difference * difference;
            }

            mse[b] = error / x.Length;
            ssim[b] = similarity.Span[b];
        }
    }

    private static void OfJudged(
        Tape tape, Tensor pictures, Tensor reconstructions, ReadOnlySpan<byte> judged, Span<double> mse, Span<double> ssim)
    {
        int batch = pictures.Shape[0];
        int channels = pictures.Shape[1];
        int pixels = pictures.Shape[2] * pictures.Shape[3];
        Tensor similarity = tape.New(pictures.Shape);
        Ssim.Forward(pictures, reconstructions, similarity, default, default);
        for (int b = 0; b < batch; b++)
        {
            ReadOnlySpan<float> x = pictures[b].Span;
            ReadOnlySpan<float> y = reconstructions[b].Span;
            ReadOnlySpan<float> s = similarity[b].Span;
            ReadOnlySpan<byte> mask = JudgedPixels.Of(judged, b, batch);
            double error = 0;
            double similar = 0;
            long count = 0;
            for (int channel = 0; channel < channels; channel++)
            {
                for (int i = 0; i < pixels; i++)
                {
                    if (mask[i] != 0)
                    {
                        int at = (channel * pixels) + i;
                        double difference = x[at] - y[at];
                        error += difference * difference;
                        similar += s[at];
                        count++;
                    }
                }
            }

            mse[b] = error / count;
            ssim[b] = similar / count;
        }
    }

    /// <summary>
    /// The maps <c>[B, H, W]</c> of squared error, plus 1 - SSIM where wanted, both as means over the channels.
    /// </summary>
    public static void Map(Tape tape, Tensor pictures, Tensor reconstructions, bool addsDissimilarity, Tensor maps)
    {
        int channels = pictures.Shape[1];
        int pixels = pictures.Shape[2] * pictures.Shape[3];
        Tensor similarity = default;
        if (addsDissimilarity)
        {
            similarity = tape.New(pictures.Shape);
            Ssim.Forward(pictures, reconstructions, similarity, default, default);
        }

        for (int b = 0; b < pictures.Shape[0]; b++)
        {
            ReadOnlySpan<float> x = pictures[b].Span;
            ReadOnlySpan<float> y = reconstructions[b].Span;
            ReadOnlySpan<float> s = addsDissimilarity ? similarity[b].Span : default;
            Span<float> map = maps[b].Span;
            for (int i = 0; i < pixels; i++)
            {
                float sum = 0;
                for (int at = i; at < channels * pixels; at += pixels)
                {
                    float difference = x[at] - y[at];
                    sum += (difference * difference) + (addsDissimilarity ? 1f - s[at] : 0f);
                }

                map[i] = sum / channels;
            }
        }
    }
}
