using GoNoGo.Evaluation.Sorting;

namespace GoNoGo.Evaluation.Metrics;

/// <summary>
/// Precision and recall at every distinct score used as threshold, in scikit-learn's order: thresholds rising, and one
/// more point at the end, (recall 0, precision 1), that has no threshold.
/// </summary>
public sealed class PrecisionRecallCurve
{
    private PrecisionRecallCurve(double[] precisions, double[] recalls, double[] thresholds)
    {
        Precisions = precisions;
        Recalls = recalls;
        Thresholds = thresholds;
    }

    /// <summary>Share of the samples with score >= threshold that are defective; one more entry than thresholds, the last 1.</summary>
    public IReadOnlyList<double> Precisions { get; }

    /// <summary>Share of the defective samples with score >= threshold; one more entry than thresholds, the last 0.</summary>
    public IReadOnlyList<double> Recalls { get; }

    /// <summary>The thresholds, rising.</summary>
    public IReadOnlyList<double> Thresholds { get; }

    /// <summary>The curve of scores (larger = more anomalous) against labels (0 = normal, otherwise defective).</summary>
    /// <param name="scores">One score per sample.</param>
    /// <param name="labels">One label per score.</param>
    /// <param name="dropIntermediate">
    /// Leave out points where the count of true positives equals that of both neighbours (recall stands still): the
    /// <c>drop_intermediate</c> that scikit-learn has here since 1.3. Both areas stay the same.
    /// </param>
    /// <exception cref="ArgumentException">The lengths differ, a score is NaN, or no sample is defective.</exception>
    public static PrecisionRecallCurve Compute(ReadOnlySpan<float> scores, ReadOnlySpan<byte> labels, bool dropIntermediate = false)
    {
        var counts = new CountCurve();
        ScoreSweep.Run(nameof(PrecisionRecallCurve), scores, labels, ref counts);
        return FromCounts(counts, dropIntermediate);
    }

    /// <inheritdoc cref="Compute(ReadOnlySpan{float}, ReadOnlySpan{byte}, bool)"/>
    public static PrecisionRecallCurve Compute(ReadOnlySpan<double> scores, ReadOnlySpan<byte> labels, bool dropIntermediate = false)
    {
        var counts = new CountCurve();
        ScoreSweep.Run(nameof(PrecisionRecallCurve), scores, labels, ref counts);
        return FromCounts(counts, dropIntermediate);
    }

    private static PrecisionRecallCurve FromCounts(in CountCurve counts, bool dropIntermediate)
    {
        (List<long> fp, List<long> tp) = (counts.FalsePositives, counts.TruePositives);
        if (MetricValue.WhyNoDefects(counts.AllNormals, counts.AllDefects) is { } reason)
        {
            throw new ArgumentException($"{nameof(PrecisionRecallCurve)}: labels: {reason}.");
        }

        List<double> precisions = [];
        List<double> recalls = [];
        List<double> thresholds = [];
        for (int i = tp.Count - 1; i >= 0; i--)
        {
            if (dropIntermediate && i > 0 && i < tp.Count - 1 && tp[i] == tp[i - 1] && tp[i] == tp[i + 1])
            {
                continue;
            }

            precisions.Add((double)tp[i] / (tp[i] + fp[i]));
            recalls.Add((double)tp[i] / counts.AllDefects);
            thresholds.Add(counts.Scores[i]);
        }

        precisions.Add(1);
        recalls.Add(0);
        return new([.. precisions], [.. recalls], [.. thresholds]);
    }
}
