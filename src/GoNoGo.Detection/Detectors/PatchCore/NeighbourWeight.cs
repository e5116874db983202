using GoNoGo.Tensors;

namespace GoNoGo.Detection.Detectors.PatchCore;

/// <summary>
/// The weight of the largest patch score (Roth et al. 2022, equation 7): <c>1 - exp(d(q, m)) / sum over N of exp(d(q, m'))</c>, where m is the patch of the bank nearest
/// to q, and N are the b patches of the bank nearest to m, m among them. Small where m is alone in a crowd: then q is not that strange.
/// </summary>
internal static class NeighbourWeight
{
    /// <summary>Patches whose distances fit on the stack.</summary>
    private const int Most = 1000;

    /// <summary>How many patches N has; below 2 there is no weight.</summary>
    public static int Count(int wanted, Tensor bank) => Math.Min(Math.Min(wanted, Most), bank.Shape[0]);

    /// <summary>The weight; 1 where the bank has no two patches.</summary>
    /// <param name="query">q.</param>
    /// <param name="bank"><c>[n, D]</c>.</param>
    /// <param name="nearest">The place of m.</param>
    /// <param name="count">b; a smaller bank has fewer.</param>
    public static double Of(ReadOnlySpan<float> query, Tensor bank, int nearest, int count)
    {
        int b = Count(count, bank);
        if (b < 2)
        {
            return 1;
        }

        // The b nearest to m, ordered by distance.
        Span<double> distances = stackalloc double[Most];
        Span<int> places = stackalloc int[Most];
        int found = 0;
        ReadOnlySpan<float> middle = bank[nearest].Span;
        for (int i = 0; i < bank.Shape[0]; i++)
        {
            double distance = i == nearest ? -1 : Square(middle, bank[i].Span);
            if (found == b && distance >= distances[b - 1])
            {
                continue;
            }

            int at = found < b ? found++ : b - 1;
            for (; at > 0 && distances[at - 1] > distance; at--)
            {
                (distances[at], places[at]) = (distances[at - 1], places[at - 1]);
            }

            (distances[at], places[at]) = (distance, i);
        }

        double own = Math.Sqrt(Square(query, middle));
        double sum = 0;
        for (int i = 0; i < b; i++)
        {
            // Relative to the own distance: exp alone would overflow.
            sum += Math.Exp(Math.Sqrt(Square(query, bank[places[i]].Span)) - own);
        }

        return 1 - (1 / sum);
    }

    private static double Square(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        double sum = 0;
        for (int i = 0; i < left.Length; i++)
        {
            double difference = (double)left[i] - right[i];
            sum += difference * difference;
        }

        return sum;
    }
}
