using FsCheck;
using FsCheck.Fluent;
using GoNoGo.Evaluation.Metrics;
using GoNoGo.Evaluation.Metrics.Pixel;
using GoNoGo.Testing.Reference;

namespace GoNoGo.Evaluation.Tests.Metrics;

/// <summary>The sort-and-sweep metrics against their definitions, evaluated one threshold at a time.</summary>
public sealed class ReferenceTests
{
    private const double Limit = 1e-12;

    /// <summary>Scores on a coarse grid (many ties, both signs, both zeros) with labels of both classes.</summary>
    private static readonly Arbitrary<(float[] Scores, byte[] Labels)> Samples = Gen.Choose(2, 60)
        .SelectMany(
            count => Gen.Choose(-6, 6).Select(level => level == 6 ? -0f : level / 4f).ArrayOf(count),
            (_, scores) => scores)
        .SelectMany(
            scores => Gen.Elements<byte>(0, 0, 1, 7).ArrayOf(scores.Length),
            (scores, labels) =>
            {
                labels[0] = 0;
                labels[^1] = 1;
                return (scores, labels);
            })
        .ToArbitrary();

    [Fact]
    public void ScoreMetricsFollowTheirDefinitions() => Prop.ForAll(Samples, sample =>
    {
        ScoreMetrics metrics = ScoreMetrics.Compute(sample.Scores, sample.Labels);
        Assert.Equal(MetricReference.Auroc(sample.Scores, sample.Labels), metrics.Auroc.Value!.Value, Limit);
        Assert.Equal(MetricReference.AveragePrecision(sample.Scores, sample.Labels), metrics.AveragePrecision.Value!.Value, Limit);
        Assert.Equal(MetricReference.PrAucTrapezoid(sample.Scores, sample.Labels), metrics.PrAuc.Value!.Value, Limit);
        (double f1, float threshold) = MetricReference.F1Max(sample.Scores, sample.Labels);
        Assert.Equal(f1, metrics.F1Max.Value!.Value, Limit);
        Assert.Equal(threshold, metrics.F1Max.Threshold);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void DroppingIntermediatePointsKeepsTheArea() => Prop.ForAll(Samples, sample =>
    {
        RocCurve all = RocCurve.Compute(sample.Scores, sample.Labels);
        RocCurve corners = RocCurve.Compute(sample.Scores, sample.Labels, dropIntermediate: true);
        Assert.True(corners.Thresholds.Count <= all.Thresholds.Count);
        Assert.Equal(ScoreMetrics.Compute(sample.Scores, sample.Labels).Auroc.Value!.Value, Area(all), Limit);
        Assert.Equal(Area(all), Area(corners), Limit);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void TheCodedValueFollowsItsStepsForScoresOfEitherSign() => Prop.ForAll(
        Samples, Gen.Elements(0.05, 0.3, 0.7, 1).ToArbitrary(), (sample, limit) =>
        {
            using var metrics = new PixelMetrics();
            metrics.Add(sample.Scores, sample.Labels, sample.Scores.Length, 1);
            ProCoded coded = metrics.Compute(new PixelMetricsOptions { ProCodedLimit = limit }).ProCoded;
            (double value, double threshold) = MetricReference.ProCoded(sample.Scores, sample.Labels, limit);
            Assert.Equal(threshold, coded.Threshold!.Value);
            Assert.Equal(value, coded.Value!.Value, Limit);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(1, 3, 12, 9, 0)]
    [InlineData(2, 4, 7, 13, 6)]
    [InlineData(3, 2, 16, 16, 3)]
    [InlineData(4, 5, 1, 20, 0)]
    [InlineData(5, 5, 20, 1, 2)]
    public void AuProFollowsItsDefinition(int seed, int images, int width, int height, int levels)
    {
        var maps = RandomMaps.Make((ulong)seed, images, width, height, levels, shift: seed - 3);
        PixelMetricsResult result = maps.Compute(new PixelMetricsOptions { AuProLimits = [0.01, 0.05, 0.3, 0.9, 1] });
        foreach ((double limit, MetricValue value) in result.AuPro)
        {
            Assert.Equal(MetricReference.AuPro(maps.Maps, maps.Masks, width, height, limit), value.Value!.Value, 1e-11);
        }

        float[] scores = [.. maps.Maps.SelectMany(map => map)];
        byte[] labels = [.. maps.Masks.SelectMany(mask => mask)];
        (double coded, double threshold) = MetricReference.ProCoded(scores, labels, 0.3);
        Assert.Equal(coded, result.ProCoded.Value!.Value, Limit);
        Assert.Equal(threshold, result.ProCoded.Threshold!.Value);
        ScoreMetrics pooled = ScoreMetrics.Compute(scores, labels);
        Assert.Equal(pooled.Auroc, result.Auroc);
        Assert.Equal(pooled.AveragePrecision, result.AveragePrecision);
        Assert.Equal(pooled.PrAuc, result.PrAuc);
        Assert.Equal(pooled.F1Max, result.F1Max);
    }

    private static double Area(RocCurve curve)
    {
        double area = 0;
        for (int i = 1; i < curve.Thresholds.Count; i++)
        {
            area += (curve.FalsePositiveRates[i] - curve.FalsePositiveRates[i - 1])
                * (curve.TruePositiveRates[i] + curve.TruePositiveRates[i - 1]) / 2;
        }

        return area;
    }
}
