using System.Text.Json;
using GoNoGo.Evaluation.Metrics;
using GoNoGo.Evaluation.Metrics.Pixel;
using GoNoGo.Testing;

namespace GoNoGo.Evaluation.Tests.Metrics;

/// <summary>The small vectors that live in the repository: three images of 12x12 per case.</summary>
public sealed class SpecVectorTests
{
    // The vectors are printed with 12 significant digits.
    private const double Limit = 1e-9;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void CaseAgrees(int index)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(SharedFolder.Small("metrics.json")));
        JsonElement golden = document.RootElement.GetProperty("cases")[index];
        using var metrics = new PixelMetrics();
        foreach ((JsonElement map, JsonElement mask) in golden.GetProperty("scores").EnumerateArray().Zip(golden.GetProperty("masks").EnumerateArray()))
        {
            metrics.Add([.. Flat(map).Select(v => (float)v)], [.. Flat(mask).Select(v => (byte)v)], 12, 12);
        }

        PixelMetricsResult result = metrics.Compute();
        double Expected(string name) => golden.GetProperty(name).GetDouble();
        Assert.Equal(Expected("pixel_auroc"), result.Auroc.Value!.Value, Limit);
        Assert.Equal(Expected("prauc_trapezoid"), result.PrAuc.Value!.Value, Limit);
        Assert.Equal(Expected("average_precision"), result.AveragePrecision.Value!.Value, Limit);
        Assert.Equal(Expected("pro_coded"), result.ProCoded.Value!.Value, Limit);
        Assert.Equal((float)Expected("coded_threshold"), result.ProCoded.Threshold!.Value);
        Assert.Equal(Expected("aupro_0.3"), result.AuProAt(0.3).Value!.Value, Limit);
        Assert.Equal(Expected("components_8_connected"), result.RegionCount);
    }

    [Fact]
    public void TwelveSamplesByHand()
    {
        byte[] labels = [0, 0, 0, 0, 0, 1, 1, 0, 1, 0, 1, 0];
        double[] scores = [.1, .2, .15, .3, .35, .4, .8, .55, .9, .6, .5, .05];
        Assert.Equal(0.875, Auroc.Compute(scores, labels).Value!.Value, 1e-15);
        Assert.Equal(0.7958333333333333, PrAucTrapezoid.Compute(scores, labels).Value!.Value, 1e-12);
        Assert.Equal(0.8166666666666667, AveragePrecision.Compute(scores, labels).Value!.Value, 1e-12);

        using var metrics = new PixelMetrics();
        metrics.Add(Array.ConvertAll(scores, s => (float)s), labels, 12, 1);
        ProCoded coded = metrics.Compute().ProCoded;
        Assert.Equal(0.4f, coded.Threshold!.Value);
        Assert.Equal(0.78125, coded.Value!.Value, 1e-15);
    }

    private static IEnumerable<double> Flat(JsonElement rows) =>
        rows.EnumerateArray().SelectMany(row => row.EnumerateArray()).Select(value => value.GetDouble());
}
