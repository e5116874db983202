using GoNoGo.Evaluation.Metrics.Pixel;
using GoNoGo.Testing;

namespace GoNoGo.Evaluation.Tests.Metrics;

/// <summary>Every <c>maps/*</c> case of the reference data: pixel metrics, AU-PRO, region counts, the released "PRO".</summary>
public sealed class MapGoldenTests
{
    private const double Limit = 1e-9;

    public static IEnumerable<TheoryDataRow<string>> Cases =>
    [
        "all_equal", "inverted", "one_image_fully_anomalous", "perfect", "quantised_ties", "single_region",
        "small_coarse", "small_random", "smooth",
    ];

    [Fact]
    public void TheListOfCasesIsComplete()
    {
        var goldens = Goldens.Open("golden/metrics.safetensors");
        string[] there = [.. goldens.CaseNames.Where(name => name.StartsWith("maps/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        Assert.Equal(there, Cases.Select(row => "maps/" + row.Data));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void ValuesAgree(string name)
    {
        var goldens = Goldens.Open("golden/metrics.safetensors");
        using var metrics = new PixelMetrics();
        Add(metrics, goldens, name);
        double Expected(string metric) => goldens.Scalar($"maps/{name}/{metric}");

        PixelMetricsResult result = metrics.Compute(new PixelMetricsOptions { AuProLimits = [0.3, 0.05, 1] });
        Assert.Equal(Expected("aupro_0.3"), result.AuProAt(0.3).Value!.Value, Limit);
        Assert.Equal(Expected("aupro_0.05"), result.AuProAt(0.05).Value!.Value, Limit);
        Assert.Equal(Expected("aupro_1"), result.AuProAt(1).Value!.Value, Limit);
        Assert.Equal(Expected("pixel_auroc"), result.Auroc.Value!.Value, Limit);
        Assert.Equal(Expected("pixel_ap"), result.AveragePrecision.Value!.Value, Limit);
        Assert.Equal(Expected("pixel_best_f1"), result.F1Max.Value!.Value, Limit);
        Assert.Equal(Expected("pixel_best_f1_threshold"), result.F1Max.Threshold!.Value, Limit);
        Assert.Equal(Expected("paper_pro_0.3"), result.ProCoded.Value!.Value, Limit);
        Assert.Equal(Expected("paper_threshold_0.3"), result.ProCoded.Threshold!.Value, Limit);
        ProCoded strict = metrics.Compute(new PixelMetricsOptions { ProCodedLimit = 0.05 }).ProCoded;
        Assert.Equal(Expected("paper_pro_0.05"), strict.Value!.Value, Limit);
        Assert.Equal(Expected("paper_threshold_0.05"), strict.Threshold!.Value, Limit);
        Assert.Equal(Expected("region_count"), result.RegionCount);
        Assert.Equal(
            goldens.Integers($"maps/{name}/region_count_per_image"),
            Enumerable.Range(0, result.Images).Select(image => (long)metrics.Regions.Count(region => region.ImageIndex == image)));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void EveryReferencePointLiesOnTheProCurve(string name)
    {
        var goldens = Goldens.Open("golden/metrics.safetensors");
        using var metrics = new PixelMetrics();
        Add(metrics, goldens, name);
        IReadOnlyList<CurvePoint> curve = metrics.Compute(new PixelMetricsOptions { CurvePoints = 1 << 22 }).ProCurve;
        double[] rates = goldens.Doubles($"maps/{name}/curve_fpr");
        double[] overlaps = goldens.Doubles($"maps/{name}/curve_pro");
        int segment = 1;
        for (int i = 0; i < rates.Length; i++)
        {
            while (segment < curve.Count && !IsOn(curve[segment - 1], curve[segment], rates[i], overlaps[i]))
            {
                segment++;
            }

            Assert.True(segment < curve.Count, $"point {i} ({rates[i]}, {overlaps[i]}) is not on the curve");
        }
    }

    /// <summary>Whether a point is on a straight piece; points in a row of normal pixels only are not stored, the line through them is.</summary>
    private static bool IsOn(CurvePoint from, CurvePoint to, double x, double y) =>
        x > from.X - Limit && x < to.X + Limit && y > from.Y - Limit && y < to.Y + Limit
        && Math.Abs(((to.X - from.X) * (y - from.Y)) - ((to.Y - from.Y) * (x - from.X))) < Limit * Math.Max(to.X - from.X, to.Y - from.Y);

    private static void Add(PixelMetrics metrics, Goldens goldens, string name)
    {
        float[] maps = goldens.Floats($"maps/{name}/maps");
        byte[] masks = goldens.Bytes($"maps/{name}/masks");
        int[] shape = goldens.Dimensions($"maps/{name}/maps");
        int pixels = shape[1] * shape[2];
        for (int image = 0; image < shape[0]; image++)
        {
            metrics.Add(maps.AsSpan(image * pixels, pixels), masks.AsSpan(image * pixels, pixels), shape[2], shape[1]);
        }
    }
}
