namespace GoNoGo.Reports.Charts;

/// <summary>The range of scores that the charts of a page share.</summary>
internal sealed record ScoreAxis(double Low, double High)
{
    /// <summary>All finite scores and the threshold, with a little room at both ends.</summary>
    public static ScoreAxis Of(IEnumerable<float> scores, float? threshold)
    {
        double low = double.PositiveInfinity;
        double high = double.NegativeInfinity;
        foreach (float score in threshold is { } t ? scores.Append(t) : scores)
        {
            if (float.IsFinite(score))
            {
                low = Math.Min(low, score);
                high = Math.Max(high, score);
            }
        }

        if (low > high)
        {
            return new ScoreAxis(0, 1);
        }

        double room = high > low ? (high - low) * 0.03 : Math.Max(Math.Abs(high) * 0.1, 1e-3);
        return new ScoreAxis(low - room, high + room);
    }
}
