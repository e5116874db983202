namespace GoNoGo.Evaluation.Metrics.Pixel;

/// <summary>Which limits and how many curve points <see cref="PixelMetrics.Compute"/> works with.</summary>
public sealed record PixelMetricsOptions
{
    /// <summary>The false-positive rates up to which AU-PRO is computed, each above 0 and at most 1.</summary>
    public IReadOnlyList<double> AuProLimits { get; init; } = [0.3, 0.05];

    /// <summary>The false-positive rate of <see cref="ProCoded"/>, above 0 and at most 1.</summary>
    public double ProCodedLimit { get; init; } = 0.3;

    /// <summary>The most points that a curve has, 16 or more.</summary>
    public int CurvePoints { get; init; } = 500;

    internal void Check()
    {
        foreach (double limit in AuProLimits)
        {
            CheckLimit(limit, nameof(AuProLimits));
        }

        CheckLimit(ProCodedLimit, nameof(ProCodedLimit));
        ArgumentOutOfRangeException.ThrowIfLessThan(CurvePoints, 16);
    }

    private static void CheckLimit(double limit, string name)
    {
        if (!(limit > 0 && limit <= 1))
        {
            throw new ArgumentOutOfRangeException(
                name, limit, $"{nameof(PixelMetrics)}: {name}: expected a false-positive rate above 0 and at most 1.");
        }
    }
}
