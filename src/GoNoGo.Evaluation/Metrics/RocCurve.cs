using GoNoGo.Evaluation.Sorting;

namespace GoNoGo.Evaluation.Metrics;

/// <summary>
/// The receiver operating characteristic: false and true positive rate at every distinct score used as threshold, falling,
/// after the start point (0, 0) whose threshold is the highest score plus 1 (as in scikit-learn 1.2).
/// </summary>
public sealed class RocCurve
{
    private RocCurve(double[] falsePositiveRates, double[] truePositiveRates, double[] thresholds)
    {
        FalsePositiveRates = falsePositiveRates;
        TruePositiveRates = truePositiveRates;
        Thresholds = thresholds;
    }

    /// <summary>Share of the normal samples with score >= threshold, rising from 0 to 1.</summary>
    public IReadOnlyList<double> FalsePositiveRates { get; }

    /// <summary>Share of the defective samples with score >= threshold, rising from 0 to 1.</summary>
    public IReadOnlyList<double> TruePositiveRates { get; }

    /// <summary>The thresholds, falling.</summary>
    public IReadOnlyList<double> Thresholds { get; }

    /// <summary>The curve of scores (larger = more anomalous) against labels (0 = normal, otherwise defective).</summary>
    /// <param name="scores">One score per sample.</param>
    /// <param name="labels">One label per score.</param>
    /// <param name="dropIntermediate">
    /// Keep only corners: the first point, the last, and every point where the second difference of the count of false
    /// or of true positives is not 0 (scikit-learn's <c>drop_intermediate</c>). The area does not change.
    /// </param>
    /// <exception cref="ArgumentException">The lengths differ, a score is NaN, or a class is absent.</exception>
    public static RocCurve Compute(ReadOnlySpan<float> scores, ReadOnlySpan<byte> labels, bool dropIntermediate = false)
    {
        var counts = new CountCurve();
        ScoreSweep.Run(nameof(RocCurve), scores, labels, ref counts);
        return FromCounts(counts, dropIntermediate);
    }

    /// <inheritdoc cref="Compute(ReadOnlySpan{float}, ReadOnlySpan{byte}, bool)"/>
    public static RocCurve Compute(ReadOnlySpan<double> scores, ReadOnlySpan<byte> labels, bool dropIntermediate = false)
    {
        var counts = new CountCurve();
        ScoreSweep.Run(nameof(RocCurve), scores, labels, ref counts);
        return FromCounts(counts, dropIntermediate);
    }

    private static RocCurve FromCounts(in CountCurve counts, bool dropIntermediate)
    {
        (List<long> fp, List<long> tp, List<double> scores) = (counts.FalsePositives, counts.TruePositives, counts.Scores);
        if (MetricValue.WhyNotBothClasses(counts.AllNormals, counts.AllDefects) is { } reason)
        {
            throw new ArgumentException($"{nameof(RocCurve)}: labels: both classes are needed, but {reason}.");
        }

        var falseRates = new List<double>(scores.Count + 1) { 0 };
        var trueRates = new List<double>(scores.Count + 1) { 0 };
        var thresholds = new List<double>(scores.Count + 1) { scores[0] + 1 };
        for (int i = 0; i < scores.Count; i++)
        {
            if (dropIntermediate && i > 0 && i < scores.Count - 1
                && fp[i + 1] - fp[i] == fp[i] - fp[i - 1]
                && tp[i + 1] - tp[i] == tp[i] - tp[i - 1])
            {
                continue;
            }

            falseRates.Add((double)fp[i] / counts.AllNormals);
            trueRates.Add((double)tp[i] / counts.AllDefects);
            thresholds.Add(scores[i]);
        }

        return new([.. falseRates], [.. trueRates], [.. thresholds]);
    }
}

/// <summary>Counts of false and true positives at every distinct score, falling.</summary>
internal struct CountCurve : IScoreSink
{
    public List<long> FalsePositives { get; private set; }

    public List<long> TruePositives { get; private set; }

    public List<double> Scores { get; private set; }

    public long AllNormals { get; private set; }

    public long AllDefects { get; private set; }

    public void Begin(long normals, long defects)
    {
        AllNormals = normals;
        AllDefects = defects;
        FalsePositives = [];
        TruePositives = [];
        Scores = [];
    }

    public readonly void Step(double score, long normals, long defects)
    {
        FalsePositives.Add((FalsePositives.Count > 0 ? FalsePositives[^1] : 0) + normals);
        TruePositives.Add((TruePositives.Count > 0 ? TruePositives[^1] : 0) + defects);
        Scores.Add(score);
    }
}
