using GoNoGo.Evaluation.Sorting;

namespace GoNoGo.Evaluation.Metrics;

/// <summary>All metrics of one list of scores and labels, from one sort and one sweep.</summary>
/// <param name="Normals">How many samples are normal.</param>
/// <param name="Defects">How many samples are defective.</param>
/// <param name="Auroc">See <see cref="Metrics.Auroc"/>.</param>
/// <param name="AveragePrecision">See <see cref="Metrics.AveragePrecision"/>.</param>
/// <param name="PrAuc">See <see cref="PrAucTrapezoid"/>.</param>
/// <param name="F1Max">See <see cref="Metrics.F1Max"/>.</param>
public sealed record ScoreMetrics(
    long Normals, long Defects, MetricValue Auroc, MetricValue AveragePrecision, MetricValue PrAuc, F1MaxValue F1Max)
{
    /// <summary>The metrics under their stable names, in the order of output.</summary>
    public IEnumerable<KeyValuePair<string, MetricValue>> Named =>
    [
        new(MetricNames.Auroc, Auroc),
        new(MetricNames.AveragePrecision, AveragePrecision),
        new(MetricNames.PrAuc, PrAuc),
        new(MetricNames.F1Max, F1Max.AsMetric),
        new(MetricNames.F1MaxThreshold, F1Max.ThresholdAsMetric),
    ];

    /// <summary>The metrics of scores (larger = more anomalous) against labels (0 = normal, otherwise defective).</summary>
    /// <exception cref="ArgumentException">The lengths differ or a score is NaN.</exception>
    public static ScoreMetrics Compute(ReadOnlySpan<float> scores, ReadOnlySpan<byte> labels)
    {
        var sums = new ScoreSums();
        ScoreSweep.Run(nameof(ScoreMetrics), scores, labels, ref sums);
        return sums.Result;
    }

    /// <inheritdoc cref="Compute(ReadOnlySpan{float}, ReadOnlySpan{byte})"/>
    public static ScoreMetrics Compute(ReadOnlySpan<double> scores, ReadOnlySpan<byte> labels)
    {
        var sums = new ScoreSums();
        ScoreSweep.Run(nameof(ScoreMetrics), scores, labels, ref sums);
        return sums.Result;
    }
}

/// <summary>The four score metrics side by side in one sweep.</summary>
internal struct ScoreSums : IScoreSink
{
    private AurocArea _auroc;
    private AveragePrecisionSum _averagePrecision;
    private PrAucArea _prAuc;
    private F1MaxSearch _f1;

    public readonly AurocArea Auroc => _auroc;

    public readonly ScoreMetrics Result => new(
        _auroc.Normals, _auroc.Defects, _auroc.Result, _averagePrecision.Result, _prAuc.Result, _f1.Result);

    public void Begin(long normals, long defects)
    {
        _auroc.Begin(normals, defects);
        _averagePrecision.Begin(normals, defects);
        _prAuc.Begin(normals, defects);
        _f1.Begin(normals, defects);
    }

    public void Step(double score, long normals, long defects)
    {
        _auroc.Step(score, normals, defects);
        _averagePrecision.Step(score, normals, defects);
        _prAuc.Step(score, normals, defects);
        _f1.Step(score, normals, defects);
    }
}
