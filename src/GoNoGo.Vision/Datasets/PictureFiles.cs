namespace GoNoGo.Vision.Datasets;

/// <summary>The picture files below a folder.</summary>
/// <param name="Paths">Relative to the data root, with <c>/</c>, ordinal order.</param>
/// <param name="IgnoredCount">How many files are no pictures by their names.</param>
internal readonly record struct FileListing(IReadOnlyList<string> Paths, int IgnoredCount)
{
    public static FileListing Empty { get; } = new([], 0);
}

/// <summary>Finds picture files by name. Hidden files are passed over; other files that are no pictures are counted.</summary>
internal static class PictureFiles
{
    // Nesting deeper than this is a loop of links rather than a data set.
    private const int MaxDepth = 8;

    /// <summary>Lists a folder; a missing one is an empty listing.</summary>
    /// <param name="root">The data root that paths are relative to.</param>
    /// <param name="folder">The folder to list.</param>
    /// <param name="recurse">Whether sub-folders are entered.</param>
    /// <exception cref="DatasetException">The folder cannot be read.</exception>
    public static FileListing List(string root, string folder, bool recurse = true)
    {
        if (!Directory.Exists(folder))
        {
            return FileListing.Empty;
        }

        return Try(folder, () =>
        {
            var options = new EnumerationOptions { RecurseSubdirectories = recurse, MaxRecursionDepth = MaxDepth, IgnoreInaccessible = false };
            var paths = new List<string>();
            int ignored = 0;
            foreach (string file in Directory.EnumerateFiles(folder, "*", options))
            {
                if (PictureNames.IsPicture(file))
                {
                    paths.Add(Relative(root, file));
                }
                else
                {
                    ignored++;
                }
            }

            paths.Sort(StringComparer.Ordinal);
            return new FileListing(paths, ignored);
        });
    }

    /// <summary>The sub-folders (full paths, ordinal order by name), hidden ones left out.</summary>
    public static IReadOnlyList<string> Folders(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return [];
        }

        return Try<IReadOnlyList<string>>(folder, () =>
        {
            string[] folders = [.. Directory.EnumerateDirectories(folder, "*", new EnumerationOptions { IgnoreInaccessible = false })];
            Array.Sort(folders, StringComparer.Ordinal);
            return folders;
        });
    }

    /// <summary>Whether <paramref name="folder"/> has this sub-folder (parts separated by <c>/</c>).</summary>
    public static bool Has(string folder, string sub) => Directory.Exists(Path.Combine(folder, sub));

    /// <summary>A path relative to the root, with <c>/</c> on every system.</summary>
    public static string Relative(string root, string path) => Path.GetRelativePath(root, path).Replace(Path.DirectorySeparatorChar, '/');

    /// <summary>Runs a piece of directory work; what the system refuses is said with the folder's name.</summary>
    public static T Try<T>(string folder, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or (IOException and not DatasetException))
        {
            throw new DatasetException(
                DatasetError.Other, folder, "a readable folder", exception.Message.TrimEnd('.'), "check the permissions", exception);
        }
    }
}
