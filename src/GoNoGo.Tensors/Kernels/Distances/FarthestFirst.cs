namespace GoNoGo.Tensors.Kernels.Distances;

/// <summary>
/// Greedy k-center: starting from one vector, the one farthest from all chosen so far is chosen again and again (Gonzalez 1985: at most
/// twice the radius of the best choice). The choice is that of comparing every vector with every new centre.
/// </summary>
public static class FarthestFirst
{
    /// <summary>Chooses.</summary>
    /// <param name="rows"><c>[n, D]</c>, finite: a vector with NaN or infinity is far from all, itself too, and is chosen to the end.</param>
    /// <param name="first">The first choice.</param>
    /// <param name="count">How many to choose, 1 to n.</param>
    /// <param name="progress">Told the number chosen, now and then.</param>
    /// <param name="cancellation">Stops between two choices.</param>
    /// <returns>The chosen places in their order; fewer than asked for where all others equal one of them.</returns>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public static int[] Choose(Tensor rows, int first, int count, Action<int>? progress = null, CancellationToken cancellation = default)
    {
        if (rows.Rank != 2 || rows.ElementCount == 0 || first < 0 || first >= rows.Shape[0] || count < 1 || count > rows.Shape[0])
        {
            throw new ArgumentException($"FarthestFirst: {count} of {rows.Shape} from {first}, expected [n, D] without a zero, a place in it, and 1 to n.");
        }

        using var search = new FarthestSearch(rows, count);
        var chosen = new int[count];
        chosen[0] = first;
        for (int k = 1; ; k++)
        {
            cancellation.ThrowIfCancellationRequested();
            search.Add(chosen[k - 1]);
            if (k % 256 == 1)
            {
                progress?.Invoke(k);
            }

            if (k == count || search.Farthest() is not { } farthest)
            {
                return chosen[..k];
            }

            chosen[k] = farthest;
        }
    }
}
