namespace GoNoGo.Vision.Datasets;

/// <summary>Finds the name that somebody who mistyped meant.</summary>
public static class NearestName
{
    /// <summary>
    /// The known name with the smallest edit distance (case ignored, two neighbours swapped are one edit), or null when none is
    /// near: at most a third of the longer name, or one name begins with the other.
    /// </summary>
    public static string? Of(string given, IEnumerable<string> known)
    {
        ArgumentNullException.ThrowIfNull(given);
        ArgumentNullException.ThrowIfNull(known);
        string? best = null;
        double bestShare = 0.34;
        foreach (string name in known)
        {
            int longer = Math.Max(Math.Max(name.Length, given.Length), 1);
            double share = (double)Distance(given.ToUpperInvariant(), name.ToUpperInvariant()) / longer;
            if (given.Length > 2 && (name.StartsWith(given, StringComparison.OrdinalIgnoreCase) || given.StartsWith(name, StringComparison.OrdinalIgnoreCase)))
            {
                share = Math.Min(share, 0.33);
            }

            if (share < bestShare)
            {
                (best, bestShare) = (name, share);
            }
        }

        return best;
    }

    /// <summary>Letters inserted, removed, replaced or swapped with their neighbour (optimal string alignment).</summary>
    private static int Distance(string a, string b)
    {
        // Three rows: that of i, of i - 1 and of i - 2.
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        var above = new int[b.Length + 1];
        var twoAbove = new int[b.Length + 1];
        for (int i = 1; i <= a.Length; i++)
        {
            (row, above, twoAbove) = (twoAbove, row, above);
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replace = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                row[j] = Math.Min(replace, Math.Min(above[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    row[j] = Math.Min(row[j], twoAbove[j - 2] + 1);
                }
            }
        }

        return row[b.Length];
    }
}
