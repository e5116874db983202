using GoNoGo.Evaluation.Metrics.Pixel;
using GoNoGo.Tensors.Random;

namespace GoNoGo.Evaluation.Tests.Metrics;

/// <summary>Small random maps and masks with ties and touching regions.</summary>
internal sealed record RandomMaps(int Width, int Height, List<float[]> Maps, List<byte[]> Masks)
{
    /// <param name="levels">How many distinct scores there are; 0 = as many as pixels.</param>
    public static RandomMaps Make(ulong seed, int images, int width, int height, int levels, double shift = 0)
    {
        var random = new RandomSequence(new RandomStream(seed, "random maps"));
        var result = new RandomMaps(width, height, [], []);
        for (int image = 0; image < images; image++)
        {
            var map = new float[width * height];
            var mask = new byte[map.Length];
            double density = image % 3 == 0 ? 0 : 0.05 + (0.4 * random.NextUniform());
            for (int i = 0; i < map.Length; i++)
            {
                mask[i] = random.NextUniform() < density ? (byte)255 : (byte)0;
                double score = random.NextNormal() + (mask[i] != 0 ? 0.7 : 0) + shift;
                map[i] = (float)(levels == 0 ? score : Math.Round(score * levels / 4) * 4 / levels);
            }

            result.Maps.Add(map);
            result.Masks.Add(mask);
        }

        return result;
    }

    public PixelMetrics Fill(PixelMetrics metrics, IEnumerable<int>? order = null)
    {
        foreach (int image in order ?? Enumerable.Range(0, Maps.Count))
        {
            metrics.Add(Maps[image], Masks[image], Width, Height);
        }

        return metrics;
    }

    public PixelMetricsResult Compute(PixelMetricsOptions? options = null)
    {
        using var metrics = new PixelMetrics();
        return Fill(metrics).Compute(options);
    }
}
