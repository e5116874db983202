using GoNoGo.Evaluation.Metrics.Pixel;

namespace GoNoGo.Evaluation.Tests.Metrics;

public sealed class CurveTests
{
    [Theory]
    [InlineData(500, 0)]
    [InlineData(100, 0)]
    [InlineData(16, 0)]
    [InlineData(500, 5)]
    public void CurvesAreShortCompleteAndExactAtTheEnds(int most, int levels)
    {
        var maps = RandomMaps.Make(21, 6, 120, 90, levels);
        PixelMetricsResult result = maps.Compute(new PixelMetricsOptions { CurvePoints = most });
        foreach (IReadOnlyList<CurvePoint> curve in new[] { result.RocCurve, result.PrecisionRecallCurve, result.ProCurve })
        {
            Assert.InRange(curve.Count, 2, most);
            for (int i = 1; i < curve.Count; i++)
            {
                Assert.True(curve[i].X >= curve[i - 1].X && curve[i].Threshold < curve[i - 1].Threshold, $"point {i} of {curve.Count}");
            }
        }

        Assert.Equal((0, 0), (result.RocCurve[0].X, result.RocCurve[0].Y));
        Assert.Equal((1, 1), (result.RocCurve[^1].X, result.RocCurve[^1].Y));
        Assert.Equal((0, 0), (result.ProCurve[0].X, result.ProCurve[0].Y));
        Assert.Equal((1, 1), (result.ProCurve[^1].X, result.ProCurve[^1].Y));
        Assert.Equal((0, 1), (result.PrecisionRecallCurve[0].X, result.PrecisionRecallCurve[0].Y));
        Assert.Equal(1, result.PrecisionRecallCurve[^1].X);
        Assert.Equal(result.DefectPixels / (double)(result.DefectPixels + result.NormalPixels), result.PrecisionRecallCurve[^1].Y);
        Assert.Equal(maps.Maps.SelectMany(map => map).Min(), result.RocCurve[^1].Threshold);
    }

    [Fact]
    public void TheThinnedCurveHasTheAreaOfTheExactOne()
    {
        PixelMetricsResult result = RandomMaps.Make(22, 6, 120, 90, 0).Compute();
        double area = result.RocCurve.Zip(result.RocCurve.Skip(1), (a, b) => (b.X - a.X) * (a.Y + b.Y) / 2).Sum();
        Assert.Equal(result.Auroc.Value!.Value, area, 1e-4);
    }

    [Fact]
    public void ATieThatIsAStraightLineKeepsBothItsEnds()
    {
        // Nine distinct scores, then half of all pixels at once: the line of the tie must start where the others end.
        float[] map = [9, 8, 7, 6, 5, 4, 3, 2, 1, .. Enumerable.Repeat(0f, 9)];
        byte[] mask = [1, 1, 1, 0, 1, 1, 0, 1, 1, .. Enumerable.Repeat<byte>(0, 7), 1, 1];
        using var metrics = new PixelMetrics();
        metrics.Add(map, mask, 18, 1);
        IReadOnlyList<CurvePoint> roc = metrics.Compute(new PixelMetricsOptions { CurvePoints = 16 }).RocCurve;
        Assert.Contains(new CurvePoint(2.0 / 9, 7.0 / 9, 1), roc);
        Assert.Equal(new CurvePoint(1, 1, 0), roc[^1]);
    }
}
