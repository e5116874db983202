using GoNoGo.Evaluation.Sorting;

namespace GoNoGo.Evaluation.Metrics;

/// <summary>
/// Area under the precision-recall curve by the trapezoid rule over all distinct thresholds, with the point
/// (recall 0, precision 1) put in front: what both papers print as PR-AUC. Its value for a score that tells nothing is
/// about the share of defective samples.
/// </summary>
public static class PrAucTrapezoid
{
    /// <summary>PR-AUC of scores (larger = more anomalous) against labels (0 = normal, otherwise defective).</summary>
    /// <exception cref="ArgumentException">The lengths differ or a score is NaN.</exception>
    public static MetricValue Compute(ReadOnlySpan<float> scores, ReadOnlySpan<byte> labels)
    {
        var area = new PrAucArea();
        ScoreSweep.Run(nameof(PrAucTrapezoid), scores, labels, ref area);
        return area.Result;
    }

    /// <inheritdoc cref="Compute(ReadOnlySpan{float}, ReadOnlySpan{byte})"/>
    public static MetricValue Compute(ReadOnlySpan<double> scores, ReadOnlySpan<byte> labels)
    {
        var area = new PrAucArea();
        ScoreSweep.Run(nameof(PrAucTrapezoid), scores, labels, ref area);
        return area.Result;
    }
}

internal struct PrAucArea : IScoreSink
{
    private long _normals;
    private long _defects;
    private CompensatedSum _twice;

    public readonly MetricValue Result => MetricValue.WhyNoDefects(_normals, _defects) is { } reason
        ? MetricValue.Undefined(reason)
        : MetricValue.Of(_twice.Value / 2 / _defects);

    public readonly void Begin(long normals, long defects)
    {
    }

    public void Step(double score, long normals, long defects)
    {
        // Only steps to the right have an area; where recall stands still, the precision before it is read off the counts.
        if (defects > 0)
        {
            long predicted = _normals + _defects;
            double before = predicted == 0 ? 1 : (double)_defects / predicted;
            double after = (double)(_defects + defects) / (predicted + normals + defects);
            _twice.Add(defects * (before + after));
        }

        _normals += normals;
        _defects += defects;
    }
}
