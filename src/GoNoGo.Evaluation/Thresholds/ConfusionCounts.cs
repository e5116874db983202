using System.Globalization;
using GoNoGo.Evaluation.Metrics;

namespace GoNoGo.Evaluation.Thresholds;

/// <summary>What a threshold does to labelled parts: no-go if and only if score >= threshold.</summary>
/// <param name="TruePositives">Defective parts judged no-go.</param>
/// <param name="FalsePositives">Normal parts judged no-go: false alarms.</param>
/// <param name="TrueNegatives">Normal parts judged go.</param>
/// <param name="FalseNegatives">Defective parts judged go: misses.</param>
public readonly record struct ConfusionCounts(long TruePositives, long FalsePositives, long TrueNegatives, long FalseNegatives)
{
    /// <summary>Normal parts judged no-go.</summary>
    public long FalseAlarms => FalsePositives;

    /// <summary>Defective parts judged go.</summary>
    public long Misses => FalseNegatives;

    /// <summary>The share of the defective parts that is found.</summary>
    public MetricValue Recall => Share(TruePositives, TruePositives + FalseNegatives, MetricValue.NoDefects);

    /// <summary>The share of the parts judged no-go that is defective.</summary>
    public MetricValue Precision => Share(TruePositives, TruePositives + FalsePositives, "no part is judged no-go");

    /// <summary>The share of the normal parts that is judged no-go.</summary>
    public MetricValue FalseAlarmRate => Share(FalsePositives, FalsePositives + TrueNegatives, MetricValue.NoNormals);

    /// <summary>The share of all parts that is judged rightly.</summary>
    public MetricValue Accuracy => Share(
        TruePositives + TrueNegatives, TruePositives + FalsePositives + TrueNegatives + FalseNegatives, MetricValue.NoSamples);

    /// <summary>The harmonic mean of precision and recall.</summary>
    public MetricValue F1 => TruePositives + FalseNegatives == 0
        ? MetricValue.Undefined(MetricValue.NoDefects)
        : MetricValue.Of(2d * TruePositives / ((2 * TruePositives) + FalsePositives + FalseNegatives));

    /// <summary>Counts scores (larger = more anomalous) against labels (0 = normal, otherwise defective).</summary>
    /// <exception cref="ArgumentException">The lengths differ, or a score or the threshold is NaN.</exception>
    public static ConfusionCounts At(ReadOnlySpan<float> scores, ReadOnlySpan<byte> labels, float threshold)
    {
        if (scores.Length != labels.Length)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"{nameof(ConfusionCounts)}: labels: expected {scores.Length} (one per score), got {labels.Length}."));
        }

        if (float.IsNaN(threshold))
        {
            throw new ArgumentException($"{nameof(ConfusionCounts)}: threshold: expected a number, got NaN.");
        }

        Span<long> counts = stackalloc long[4];
        counts.Clear();
        for (int i = 0; i < scores.Length; i++)
        {
            if (float.IsNaN(scores[i]))
            {
                throw new ArgumentException(string.Create(
                    CultureInfo.InvariantCulture, $"{nameof(ConfusionCounts)}: scores: score {i} is NaN, which is neither go nor no-go."));
            }

            counts[(labels[i] != 0 ? 2 : 0) + (scores[i] >= threshold ? 1 : 0)]++;
        }

        return new(TruePositives: counts[3], FalsePositives: counts[1], TrueNegatives: counts[0], FalseNegatives: counts[2]);
    }

    private static MetricValue Share(long part, long whole, string reasonIfNone) =>
        whole == 0 ? MetricValue.Undefined(reasonIfNone) : MetricValue.Of((double)part / whole);
}
