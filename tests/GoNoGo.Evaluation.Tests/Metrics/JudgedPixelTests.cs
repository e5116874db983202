using GoNoGo.Evaluation.Metrics;
using GoNoGo.Evaluation.Metrics.Pixel;

namespace GoNoGo.Evaluation.Tests.Metrics;

public sealed class JudgedPixelTests
{
    /// <summary>Columns that are not judged might as well be cut off.</summary>
    [Fact]
    public void Pixels_that_are_not_judged_are_in_no_metric()
    {
        const int width = 12;
        const int kept = 8;
        const int height = 10;
        var random = new Random(4);
        using var whole = new PixelMetrics();
        using var cut = new PixelMetrics();
        for (int picture = 0; picture < 5; picture++)
        {
            var map = new float[width * height];
            var mask = new byte[width * height];
            var judged = new byte[width * height];
            for (int i = 0; i < map.Length; i++)
            {
                bool inside = i % width is >= 2 and < 2 + kept;
                judged[i] = inside ? (byte)1 : (byte)0;
                mask[i] = inside && picture > 0 && random.Next(6) == 0 ? (byte)255 : (byte)0;
                map[i] = inside ? random.Next(30) + (mask[i] / 64f) : float.NaN;
            }

            whole.Add(map, mask, judged, width, height);
            cut.Add(Cut(map), Cut(mask), kept, height);
        }

        Dictionary<string, MetricValue> expected = cut.Compute().Named.ToDictionary();
        foreach ((string name, MetricValue value) in whole.Compute().Named)
        {
            Assert.NotNull(value.Value);
            Assert.Equal(expected[name].Value, value.Value);
        }

        static T[] Cut<T>(T[] plane) => [.. plane.Where((_, i) => i % width is >= 2 and < 2 + kept)];
    }

    [Fact]
    public void A_defect_that_is_not_judged_and_a_judged_NaN_are_refused()
    {
        using var metrics = new PixelMetrics();
        Assert.Contains("defective but not judged", Assert.Throws<ArgumentException>(() => metrics.Add([1, 2], [0, 1], [1, 0], 2, 1)).Message, StringComparison.Ordinal);
        Assert.Contains("NaN", Assert.Throws<ArgumentException>(() => metrics.Add([1, float.NaN], [0, 0], [1, 1], 2, 1)).Message, StringComparison.Ordinal);
        Assert.Contains("judged: expected", Assert.Throws<ArgumentException>(() => metrics.Add([1, 2], [0, 0], [1], 2, 1)).Message, StringComparison.Ordinal);
        Assert.Equal(0, metrics.Images);
    }
}
