using GoNoGo.Evaluation.Sorting;

namespace GoNoGo.Evaluation.Metrics;

/// <summary>The largest F1 = 2 TP / (2 TP + FP + FN) over all thresholds t, where a sample is called defective if score >= t.</summary>
public static class F1Max
{
    /// <summary>F1-max of scores (larger = more anomalous) against labels (0 = normal, otherwise defective).</summary>
    /// <exception cref="ArgumentException">The lengths differ or a score is NaN.</exception>
    public static F1MaxValue Compute(ReadOnlySpan<float> scores, ReadOnlySpan<byte> labels)
    {
        var best = new F1MaxSearch();
        ScoreSweep.Run(nameof(F1Max), scores, labels, ref best);
        return best.Result;
    }

    /// <inheritdoc cref="Compute(ReadOnlySpan{float}, ReadOnlySpan{byte})"/>
    public static F1MaxValue Compute(ReadOnlySpan<double> scores, ReadOnlySpan<byte> labels)
    {
        var best = new F1MaxSearch();
        ScoreSweep.Run(nameof(F1Max), scores, labels, ref best);
        return best.Result;
    }
}

/// <summary>The largest F1 and the lowest threshold that reaches it, or the reason why there is none.</summary>
/// <param name="Value">F1, or null.</param>
/// <param name="Threshold">Defective if score >= threshold; of several thresholds with the same F1 the lowest. Or null.</param>
/// <param name="Reason">Null, or one sentence that says why there is no value.</param>
public readonly record struct F1MaxValue(double? Value, double? Threshold, string? Reason)
{
    /// <summary>F1 as a metric of its own.</summary>
    public MetricValue AsMetric => new(Value, Reason);

    /// <summary>The threshold as a metric of its own.</summary>
    public MetricValue ThresholdAsMetric => new(Threshold, Reason);
}

internal struct F1MaxSearch : IScoreSink
{
    private long _total;
    private long _allDefects;
    private long _predicted;
    private long _found;
    private ulong _bestFound;
    private ulong _bestDenominator;
    private double _threshold;

    public readonly F1MaxValue Result => MetricValue.WhyNoDefects(_total - _allDefects, _allDefects) is { } reason
        ? new(null, null, reason)
        : new(2d * _bestFound / _bestDenominator, _threshold, null);

    public void Begin(long normals, long defects)
    {
        _total = normals + defects;
        _allDefects = defects;
        _bestDenominator = 1;
    }

    public void Step(double score, long normals, long defects)
    {
        _predicted += normals + defects;
        _found += defects;
        if (defects == 0)
        {
            // More false alarms and nothing found: F1 falls.
            return;
        }

        // F1 = 2 TP / (TP + FP + defects), compared as fractions so that equal ones are seen as equal.
        ulong denominator = (ulong)(_predicted + _allDefects);
        if (Math.BigMul((ulong)_found, _bestDenominator) >= Math.BigMul(_bestFound, denominator))
        {
            _bestFound = (ulong)_found;
            _bestDenominator = denominator;
            _threshold = score;
        }
    }
}
