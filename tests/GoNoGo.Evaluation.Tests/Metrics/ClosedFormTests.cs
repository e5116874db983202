using GoNoGo.Evaluation.Metrics;
using GoNoGo.Evaluation.Metrics.Pixel;
using GoNoGo.Tensors.Random;

namespace GoNoGo.Evaluation.Tests.Metrics;

public sealed class ClosedFormTests
{
    [Fact]
    public void APerfectScoreIsPerfect()
    {
        ScoreMetrics metrics = ScoreMetrics.Compute([1f, 2f, 3f, 4f], [0, 0, 1, 1]);
        Assert.Equal(1, metrics.Auroc.Value);
        Assert.Equal(1, metrics.AveragePrecision.Value);
        Assert.Equal(1, metrics.PrAuc.Value);
        Assert.Equal(new F1MaxValue(1, 3, null), metrics.F1Max);
    }

    [Fact]
    public void AScoreThatIsTheSameForAllTellsNothing()
    {
        ScoreMetrics metrics = ScoreMetrics.Compute([2f, 2f, 2f, 2f, 2f], [0, 1, 0, 0, 0]);
        Assert.Equal(0.5, metrics.Auroc.Value);
        Assert.Equal(0.2, metrics.AveragePrecision.Value);
        Assert.Equal((1 + 0.2) / 2, metrics.PrAuc.Value!.Value, 1e-15);
        Assert.Equal(new F1MaxValue(2.0 / 6, 2, null), metrics.F1Max);
    }

    [Fact]
    public void OfEqualF1TheLowestThresholdIsTaken()
    {
        // t = 4: TP 1 of 1 called; t = 1: TP 2 of 5 called; three defects: 2/4 and 4/8.
        F1MaxValue tie = F1Max.Compute([4f, 3f, 2.5f, 2f, 1f, -1f, -2f, -3f, -4f, -5f, -6f], [1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1]);
        Assert.Equal(0.5, tie.Value);
        Assert.Equal(1, tie.Threshold);
    }

    [Fact]
    public void BothZerosAreOneScoreAndInfinitiesKeepTheirPlace()
    {
        Assert.Equal(0.5, Auroc.Compute([0f, -0f], [0, 1]).Value);
        Assert.Equal(0.5, Auroc.Compute([0d, -0d], [1, 0]).Value);
        Assert.Equal(1, Auroc.Compute([float.NegativeInfinity, float.MinValue, float.MaxValue, float.PositiveInfinity], [0, 0, 1, 1]).Value);
        Assert.Equal(1, Auroc.Compute([-float.Epsilon, 0f], [0, 1]).Value);
    }

    [Fact]
    public void AMetricWithoutAClassSaysWhy()
    {
        ScoreMetrics normals = ScoreMetrics.Compute([1f, 2f], [0, 0]);
        Assert.All(normals.Named, metric => Assert.Equal((null, "there are no defective samples"), (metric.Value.Value, metric.Value.Reason)));
        ScoreMetrics defects = ScoreMetrics.Compute([1f, 2f], [1, 1]);
        Assert.Equal("there are no normal samples", defects.Auroc.Reason);
        Assert.Equal(1, defects.AveragePrecision.Value);
        Assert.Equal("there are no samples", ScoreMetrics.Compute(ReadOnlySpan<float>.Empty, []).F1Max.Reason);
        Assert.Throws<ArgumentException>(() => RocCurve.Compute([1f], [1]));
        Assert.Throws<ArgumentException>(() => PrecisionRecallCurve.Compute([1f], [0]));
    }

    [Fact]
    public void NaNAndWrongLengthsAreRefused()
    {
        Assert.Contains("score 1 is NaN", Assert.Throws<ArgumentException>(() => Auroc.Compute([1f, float.NaN], [0, 1])).Message, StringComparison.Ordinal);
        Assert.Contains("score 0 is NaN", Assert.Throws<ArgumentException>(() => Auroc.Compute([double.NaN], [0])).Message, StringComparison.Ordinal);
        Assert.Contains("expected 2", Assert.Throws<ArgumentException>(() => F1Max.Compute([1f, 2f], [0])).Message, StringComparison.Ordinal);
        using var metrics = new PixelMetrics();
        Assert.Throws<ArgumentException>(() => metrics.Add([1f, 2f], [0], 2, 1));
        Assert.Throws<ArgumentException>(() => metrics.Add([1f, 2f], [0, 0], 3, 1));
        Assert.Contains(
            "column 1, row 1 is NaN",
            Assert.Throws<ArgumentException>(() => metrics.Add([1f, 2f, 3f, float.NaN], [0, 0, 0, 1], 2, 2)).Message,
            StringComparison.Ordinal);
        Assert.Equal(0, metrics.Images);
        Assert.Equal("there are no pixels", metrics.Compute().AuProAt(0.3).Reason);
    }

    [Fact]
    public void CornersOfTheRocCurveFollowSecondDifferences()
    {
        // Three defects in a row, then three normals: only the bend and the ends are corners.
        RocCurve roc = RocCurve.Compute([6f, 5f, 4f, 3f, 2f, 1f], [1, 1, 1, 0, 0, 0], dropIntermediate: true);
        Assert.Equal([7, 6, 4, 1], roc.Thresholds);
        Assert.Equal([0, 0, 0, 1], roc.FalsePositiveRates);
        Assert.Equal([0, 1.0 / 3, 1, 1], roc.TruePositiveRates);

        PrecisionRecallCurve pr = PrecisionRecallCurve.Compute([6f, 5f, 4f, 3f, 2f, 1f], [1, 1, 1, 0, 0, 0], dropIntermediate: true);
        Assert.Equal([1, 4, 5, 6], pr.Thresholds);
        Assert.Equal([0.5, 1, 1, 1, 1], pr.Precisions);
    }

    [Fact]
    public void WithoutDefectsOrBackgroundAuProSaysWhy()
    {
        using var noDefect = new PixelMetrics();
        noDefect.Add([1f, 2f], [], 2, 1);
        PixelMetricsResult result = noDefect.Compute();
        Assert.Equal("the masks have no defect region", result.AuProAt(0.3).Reason);
        Assert.Null(result.ProCoded.Value);
        Assert.Empty(result.RocCurve);
        Assert.All(result.Named, metric => Assert.True(metric.Value.Value is null && metric.Value.Reason is not null, metric.Key));

        using var noBackground = new PixelMetrics();
        noBackground.Add([1f, 2f], [1, 255], 2, 1);
        Assert.Equal("every pixel is defective", noBackground.Compute().AuProAt(0.3).Reason);
        Assert.Throws<ArgumentException>(() => noBackground.Compute().AuProAt(0.2));
        Assert.Throws<ArgumentOutOfRangeException>(() => noBackground.Compute(new PixelMetricsOptions { AuProLimits = [0] }));
    }

    [Fact]
    public void AScoreThatTellsNothingGivesHalfTheLimit()
    {
        var random = new RandomSequence(new RandomStream(1, "random maps"));
        using var metrics = new PixelMetrics();
        for (int image = 0; image < 30; image++)
        {
            var map = new float[100 * 100];
            var mask = new byte[map.Length];
            for (int i = 0; i < map.Length; i++)
            {
                map[i] = (float)random.NextUniform();
            }

            for (int patch = 0; patch < 6; patch++)
            {
                int corner = (random.NextInteger(90) * 100) + random.NextInteger(90);
                for (int row = 0; row < 10; row++)
                {
                    mask.AsSpan(corner + (row * 100), 10).Fill(1);
                }
            }

            metrics.Add(map, mask, 100, 100);
        }

        PixelMetricsResult result = metrics.Compute();
        Assert.Equal(0.15, result.AuProAt(0.3).Value!.Value, 0.01);
        Assert.Equal(0.025, result.AuProAt(0.05).Value!.Value, 0.005);
        Assert.Equal(0.5, result.ProCoded.Value!.Value, 0.02);
        Assert.Equal(0.5, result.Auroc.Value!.Value, 0.02);
    }

    [Fact]
    public void APerfectBinaryMapHasFullOverlapAndHalfTheCodedValue()
    {
        using var metrics = new PixelMetrics();
        metrics.Add([0f, 0f, 1f, 1f, 0f, 1f], [0, 0, 1, 1, 0, 1], 6, 1);
        PixelMetricsResult result = metrics.Compute();
        Assert.Equal(1, result.AuProAt(0.3).Value!.Value, 1e-12);
        Assert.Equal(0.5, result.ProCoded.Value);
        Assert.Equal(2, result.RegionCount);
    }
}
