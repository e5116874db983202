using GoNoGo.Evaluation.Sorting;

namespace GoNoGo.Evaluation.Metrics;

/// <summary>
/// Average precision: sum over distinct thresholds, falling, of (R_i - R_(i-1)) * P_i. A step sum without interpolation;
/// <see cref="PrAucTrapezoid"/> is the other area under the same curve.
/// </summary>
public static class AveragePrecision
{
    /// <summary>Average precision of scores (larger = more anomalous) against labels (0 = normal, otherwise defective).</summary>
    /// <exception cref="ArgumentException">The lengths differ or a score is NaN.</exception>
    public static MetricValue Compute(ReadOnlySpan<float> scores, ReadOnlySpan<byte> labels)
    {
        var sum = new AveragePrecisionSum();
        ScoreSweep.Run(nameof(AveragePrecision), scores, labels, ref sum);
        return sum.Result;
    }

    /// <inheritdoc cref="Compute(ReadOnlySpan{float}, ReadOnlySpan{byte})"/>
    public static MetricValue Compute(ReadOnlySpan<double> scores, ReadOnlySpan<byte> labels)
    {
        var sum = new AveragePrecisionSum();
        ScoreSweep.Run(nameof(AveragePrecision), scores, labels, ref sum);
        return sum.Result;
    }
}

internal struct AveragePrecisionSum : IScoreSink
{
    private long _normals;
    private long _defects;
    private CompensatedSum _sum;

    public readonly MetricValue Result => MetricValue.WhyNoDefects(_normals, _defects) is { } reason
        ? MetricValue.Undefined(reason)
        : MetricValue.Of(_sum.Value / _defects);

    public readonly void Begin(long normals, long defects)
    {
    }

    public void Step(double score, long normals, long defects)
    {
        _normals += normals;
        _defects += defects;
        if (defects > 0)
        {
            _sum.Add(defects * ((double)_defects / (_defects + _normals)));
        }
    }
}
