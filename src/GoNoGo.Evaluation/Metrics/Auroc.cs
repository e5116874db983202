using GoNoGo.Evaluation.Sorting;

namespace GoNoGo.Evaluation.Metrics;

/// <summary>
/// Area under the receiver operating characteristic: the probability that a defective sample scores above a normal one,
/// ties counting one half. Exact: the area is a sum of integers.
/// </summary>
public static class Auroc
{
    /// <summary>AUROC of scores (larger = more anomalous) against labels (0 = normal, otherwise defective).</summary>
    /// <exception cref="ArgumentException">The lengths differ or a score is NaN.</exception>
    public static MetricValue Compute(ReadOnlySpan<float> scores, ReadOnlySpan<byte> labels)
    {
        var area = new AurocArea();
        ScoreSweep.Run(nameof(Auroc), scores, labels, ref area);
        return area.Result;
    }

    /// <inheritdoc cref="Compute(ReadOnlySpan{float}, ReadOnlySpan{byte})"/>
    public static MetricValue Compute(ReadOnlySpan<double> scores, ReadOnlySpan<byte> labels)
    {
        var area = new AurocArea();
        ScoreSweep.Run(nameof(Auroc), scores, labels, ref area);
        return area.Result;
    }
}

/// <summary>Twice the area under the ROC curve in units of (one normal) x (one defective sample), as the sweep goes.</summary>
internal struct AurocArea : IScoreSink
{
    public long Normals { get; private set; }

    public long Defects { get; private set; }

    public UInt128 TwiceArea { get; private set; }

    public readonly MetricValue Result => MetricValue.WhyNotBothClasses(Normals, Defects) is { } reason
        ? MetricValue.Undefined(reason)
        : MetricValue.Of(Share(TwiceArea, Normals, Defects));

    public static double Share(UInt128 twiceArea, long normals, long defects) =>
        (double)twiceArea / 2 / ((double)normals * defects);

    public readonly void Begin(long normals, long defects)
    {
    }

    public void Step(double score, long normals, long defects)
    {
        TwiceArea += Math.BigMul((ulong)normals, (ulong)((2 * Defects) + defects));
        Normals += normals;
        Defects += defects;
    }
}
