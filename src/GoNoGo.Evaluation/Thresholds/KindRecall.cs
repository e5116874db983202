using System.Globalization;

namespace GoNoGo.Evaluation.Thresholds;

/// <summary>How many parts with one kind of defect a threshold finds.</summary>
/// <param name="Kind">The kind of defect.</param>
/// <param name="Count">How many parts have it.</param>
/// <param name="Found">How many of them are judged no-go (score >= threshold).</param>
public readonly record struct KindRecall(string Kind, int Count, int Found)
{
    /// <summary>The share found, from 0 to 1.</summary>
    public double Recall => (double)Found / Count;

    /// <summary>
    /// Recall of every kind of defect, kinds in ordinal order. A part without a kind (null) is normal and left out.
    /// </summary>
    /// <exception cref="ArgumentException">The lengths differ, or the threshold or the score of a defective part is NaN.</exception>
    public static IReadOnlyList<KindRecall> At(ReadOnlySpan<float> scores, IReadOnlyList<string?> kinds, float threshold)
    {
        ArgumentNullException.ThrowIfNull(kinds);
        if (scores.Length != kinds.Count)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"{nameof(KindRecall)}: kinds: expected {scores.Length} (one per score), got {kinds.Count}."));
        }

        if (float.IsNaN(threshold))
        {
            throw new ArgumentException($"{nameof(KindRecall)}: threshold: expected a number, got NaN.");
        }

        var counts = new SortedDictionary<string, (int Count, int Found)>(StringComparer.Ordinal);
        for (int i = 0; i < scores.Length; i++)
        {
            if (kinds[i] is not { } kind)
            {
                continue;
            }

            if (float.IsNaN(scores[i]))
            {
                throw new ArgumentException(string.Create(
                    CultureInfo.InvariantCulture, $"{nameof(KindRecall)}: scores: score {i} is NaN, which is neither go nor no-go."));
            }

            (int count, int found) = counts.GetValueOrDefault(kind);
            counts[kind] = (count + 1, found + (scores[i] >= threshold ? 1 : 0));
        }

        return [.. counts.Select(entry => new KindRecall(entry.Key, entry.Value.Count, entry.Value.Found))];
    }
}
