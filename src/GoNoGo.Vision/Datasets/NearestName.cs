namespace GoNoGo.Vision.Datasets;

/// <summary>Finds the name that somebody who mistyped meant.</summary>
internal static class NearestName
{
    /// <summary>
    /// The known name with the smallest edit distance (case ignored), or null when none is near: at most a third of the
    /// longer name, or one name begins with the other.
    /// </summary>
    public static string? Of(string given, IReadOnlyList<string> known)
    {
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

    private static int Distance(string a, string b)
    {
        var row = new int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++)
        {
            row[j] = j;
        }

        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replace = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replace, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
