namespace GoNoGo.Tensors.Random;

/// <summary>
/// The order of files and the split of the published runs (the code of Alber et al. 2024): Python's <c>random.Random(seed).shuffle</c> of the
/// sorted list, the first part for fitting.
/// </summary>
public static class PythonShuffle
{
    /// <summary>result[i] = index into the sorted list of the item that lands at position i.</summary>
    public static int[] Permutation(ulong seed, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var twister = new MersenneTwister(seed);
        var order = new int[count];
        for (int i = 0; i < count; i++)
        {
            order[i] = i;
        }

        for (int i = count - 1; i > 0; i--)
        {
            int j = twister.NextInteger(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }

        return order;
    }

    /// <summary>How many of the shuffled items are for fitting: round(share * count), halves to even; the rest is for validation.</summary>
    /// <param name="count">Number of items.</param>
    /// <param name="share">The share for fitting, 0 to 1.</param>
    public static int FitCount(int count, double share = 0.8)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (!(share is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(share), share, "FitCount: the share must be between 0 and 1.");
        }

        return (int)Math.Round(share * count, MidpointRounding.ToEven);
    }
}
