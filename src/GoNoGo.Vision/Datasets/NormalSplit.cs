using GoNoGo.Tensors.Random;

namespace GoNoGo.Vision.Datasets;

/// <summary>
/// The division of good training pictures into a part to fit on and a part to validate on: the front and the back of the
/// shuffled list (the published code of Alber et al. 2024: Python's <c>random.Random(24).shuffle</c>).
/// </summary>
/// <param name="Fit">Indices to fit on, in shuffled order: the order of the batches.</param>
/// <param name="Validation">Indices to validate on, in shuffled order.</param>
public sealed record NormalSplit(int[] Fit, int[] Validation)
{
    /// <summary>The share to fit on in both papers.</summary>
    public const double DefaultFraction = 0.8;

    /// <summary>The seed that the published code always uses.</summary>
    public const ulong DefaultSeed = 24;

    /// <summary>Divides <paramref name="count"/> pictures.</summary>
    /// <param name="count">How many good pictures there are.</param>
    /// <param name="fraction">The share to fit on, in (0, 1]; the number is rounded half to even.</param>
    /// <param name="splitSeed">The seed of the shuffle; independent of the training seed.</param>
    /// <exception cref="ArgumentOutOfRangeException">A negative count or a share outside (0, 1].</exception>
    public static NormalSplit Split(int count, double fraction = DefaultFraction, ulong splitSeed = DefaultSeed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(fraction);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(fraction, 1.0);
        int[] order = PythonShuffle.Permutation(splitSeed, count);
        int fit = PythonShuffle.FitCount(count, fraction);
        return new NormalSplit(order[..fit], order[fit..]);
    }
}
