namespace GoNoGo.Vision.Datasets.Listing;

/// <summary>Paths with every link in them resolved.</summary>
internal static class RealPath
{
    // As many as operating systems follow before they call it a loop.
    private const int MostLinks = 40;

    /// <summary>The full path with all links resolved as far as the file system lets one look; case as given.</summary>
    public static string Of(string path)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        for (int links = 0; links < MostLinks && Resolve(full) is { } resolved; links++)
        {
            full = resolved;
        }

        return full;
    }

    /// <summary>Whether a path is a folder or lies below it.</summary>
    public static bool IsWithin(string path, string folder) =>
        path.StartsWith(folder, StringComparison.Ordinal)
        && (path.Length == folder.Length || Path.EndsInDirectorySeparator(folder) || path[folder.Length] == Path.DirectorySeparatorChar);

    /// <summary>The path with its first link resolved; null where it has none.</summary>
    private static string? Resolve(string full)
    {
        int end = Path.GetPathRoot(full)!.Length;
        while (end < full.Length)
        {
            int next = full.IndexOf(Path.DirectorySeparatorChar, end);
            next = next < 0 ? full.Length : next;
            if (Target(full[..next]) is { } target)
            {
                string rest = full[next..].TrimStart(Path.DirectorySeparatorChar);
                return Path.TrimEndingDirectorySeparator(Path.GetFullPath(Path.Combine(target, rest)));
            }

            end = next + 1;
        }

        return null;
    }

    private static string? Target(string path)
    {
        try
        {
            return Directory.ResolveLinkTarget(path, returnFinalTarget: false)?.FullName;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
