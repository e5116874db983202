namespace GoNoGo.Vision.Datasets;

/// <summary>Lists of names within sentences.</summary>
internal static class Quote
{
    /// <summary>The names, comma-separated; of more than <paramref name="limit"/> the first ones and how many more.</summary>
    public static string List(IReadOnlyList<string> names, int limit)
    {
        string shown = string.Join(", ", names.Take(limit));
        return names.Count > limit ? $"{shown} and {names.Count - limit} more" : shown;
    }

    /// <summary>A count with its noun: <c>1 picture</c>, <c>2 pictures</c>.</summary>
    public static string Count(int count, string noun) => count == 1 ? $"1 {noun}" : $"{count} {noun}s";
}
