using System.Globalization;

namespace GoNoGo.Evaluation.Thresholds;

/// <summary>
/// The threshold from normal validation scores alone: with n scores and false-reject rate R the ceil((n+1)(1-R))-th
/// smallest score plus one unit in the last place. A new normal part, exchangeable with the n, is then rejected with
/// probability R at most (the order-statistic argument of split conformal prediction).
/// </summary>
public static class FalseRejectThreshold
{
    /// <summary>Of the scores of n normal parts; if n is too small for the rate, the highest score plus one unit in the last place, with a note.</summary>
    /// <param name="normalScores">Scores of normal parts that the model was not trained on.</param>
    /// <param name="falseRejectRate">The share of normal parts that may be rejected, from 0 to below 1.</param>
    /// <exception cref="ArgumentException">No scores, a score that is NaN or infinite, or a rate outside [0, 1).</exception>
    public static ThresholdChoice Compute(ReadOnlySpan<float> normalScores, double falseRejectRate = 0.01)
    {
        if (!(falseRejectRate >= 0 && falseRejectRate < 1))
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"{nameof(FalseRejectThreshold)}: falseRejectRate: expected 0 to below 1, got {falseRejectRate}."));
        }

        if (normalScores.IsEmpty)
        {
            throw new ArgumentException($"{nameof(FalseRejectThreshold)}: normalScores: expected at least one score, got none.");
        }

        float[] sorted = normalScores.ToArray();
        for (int i = 0; i < sorted.Length; i++)
        {
            if (!float.IsFinite(sorted[i]))
            {
                throw new ArgumentException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{nameof(FalseRejectThreshold)}: normalScores: expected finite scores, got {sorted[i]} at {i}."));
            }
        }

        Array.Sort(sorted);
        long rank = Rank(sorted.Length, falseRejectRate);
        string rate = falseRejectRate.ToString(CultureInfo.InvariantCulture);
        string method = $"false-reject rate {rate} on {sorted.Length.ToString(CultureInfo.InvariantCulture)} normal scores";
        return rank <= sorted.Length
            ? new(MathF.BitIncrement(sorted[rank - 1]), method, null)
            : new(MathF.BitIncrement(sorted[^1]), method, NoteFor(sorted.Length, falseRejectRate, rate));
    }

    /// <summary>ceil((n+1)(1-R)), in decimal arithmetic: (n+1) * (1 - 0.01) must not become 99.00000000000001.</summary>
    internal static long Rank(int count, double falseRejectRate) =>
        (long)Math.Ceiling((count + 1m) * (1m - (decimal)falseRejectRate));

    private static string NoteFor(int count, double falseRejectRate, string rate)
    {
        string have = string.Create(
            CultureInfo.InvariantCulture,
            $"{count} normal scores cannot support a false-reject rate of {rate}; the threshold is just above the highest of them");
        if ((decimal)falseRejectRate == 0)
        {
            return have + " (no number of scores supports 0).";
        }

        decimal needed = Math.Ceiling((1m - (decimal)falseRejectRate) / (decimal)falseRejectRate);
        return string.Create(CultureInfo.InvariantCulture, $"{have} ({needed} would).");
    }
}
