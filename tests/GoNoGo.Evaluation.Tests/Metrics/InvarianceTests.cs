using GoNoGo.Evaluation.Metrics.Pixel;
using GoNoGo.Testing;

namespace GoNoGo.Evaluation.Tests.Metrics;

[Collection("vector width")]
public sealed class InvarianceTests
{
    private static readonly RandomMaps Maps = RandomMaps.Make(11, 9, 70, 50, 0);

    [Fact]
    public void AMonotoneTransformChangesNothingButThresholds()
    {
        PixelMetricsResult before = Maps.Compute();

        // Exact in float32, so that no ties arise: times 8, and the sign kept.
        RandomMaps moved = Maps with { Maps = [.. Maps.Maps.Select(map => Array.ConvertAll(map, s => s < 0 ? s * 8 : s * 2))] };
        PixelMetricsResult after = moved.Compute();
        Assert.Equal(before.Auroc, after.Auroc);
        Assert.Equal(before.AveragePrecision, after.AveragePrecision);
        Assert.Equal(before.PrAuc, after.PrAuc);
        Assert.Equal(before.AuPro, after.AuPro);
        Assert.Equal(before.F1Max.Value, after.F1Max.Value);
        Assert.Equal(before.ProCurve.Select(p => (p.X, p.Y)), after.ProCurve.Select(p => (p.X, p.Y)));
    }

    [Fact]
    public void TheOrderOfImagesChangesNoBit()
    {
        int[] order = [4, 0, 8, 1, 7, 3, 2, 6, 5];
        using var straight = new PixelMetrics();
        using var shuffled = new PixelMetrics();
        Same(Maps.Fill(straight).Compute(), Maps.Fill(shuffled, order).Compute());
    }

    [Fact]
    public void TransposedImagesChangeNoBit()
    {
        static T[] Transpose<T>(T[] map) => [.. Enumerable.Range(0, map.Length).Select(i => map[((i % 50) * 70) + (i / 50)])];
        var turned = new RandomMaps(50, 70, [.. Maps.Maps.Select(Transpose)], [.. Maps.Masks.Select(Transpose)]);
        Same(Maps.Compute(), turned.Compute());
    }

    [Fact]
    public void TheNumberOfThreadsChangesNoBit()
    {
        // Long enough for several chunks in the sort.
        var maps = RandomMaps.Make(12, 6, 400, 300, 0);
        PixelMetricsResult? one = null;
        foreach (int threads in new[] { 1, 2, 3, 7 })
        {
            using (ProcessSettings.Threads(threads))
            {
                PixelMetricsResult result = maps.Compute();
                Same(one ??= result, result);
            }
        }
    }

    [Fact]
    public void ComputingTwiceAndAddingInBetweenWorks()
    {
        using var metrics = new PixelMetrics();
        Maps.Fill(metrics, [0, 1, 2, 3]).Compute();
        Maps.Fill(metrics, [4, 5, 6, 7, 8]);
        Same(metrics.Compute(), Maps.Compute());
    }

    internal static void Same(PixelMetricsResult expected, PixelMetricsResult actual)
    {
        Assert.Equal(expected.Named, actual.Named);
        Assert.Equal(expected.ProCoded, actual.ProCoded);
        Assert.Equal((expected.NormalPixels, expected.DefectPixels, expected.RegionCount), (actual.NormalPixels, actual.DefectPixels, actual.RegionCount));
        Assert.Equal(expected.RocCurve, actual.RocCurve);
        Assert.Equal(expected.PrecisionRecallCurve, actual.PrecisionRecallCurve);
        Assert.Equal(expected.ProCurve, actual.ProCurve);
    }
}
