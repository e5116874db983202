using GoNoGo.Vision.Datasets.Listing;

namespace GoNoGo.Vision.Datasets;

/// <summary>The picture files below a folder.</summary>
/// <param name="Files">Ordinal order of their paths relative to the data root.</param>
/// <param name="IgnoredCount">How many files are no pictures by their names.</param>
internal readonly record struct FileListing(IReadOnlyList<ListedFile> Files, int IgnoredCount)
{
    public static FileListing Empty { get; } = new([], 0);
}

/// <summary>Finds picture files by name. Hidden files are passed over; other files that are no pictures are counted.</summary>
internal static class PictureFiles
{
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
            var files = new List<ListedFile>();
            int ignored = 0;
            string? walked = null;
            ListedFolder? listed = null;
            FolderWalk.Files(folder, recurse ? FolderWalk.AllLevels : 0, (path, name) =>
            {
                if (!PictureNames.IsPicture(name))
                {
                    ignored++;
                    return;
                }

                if (!ReferenceEquals(walked, path))
                {
                    walked = path;
                    listed = new ListedFolder(root, Prefix(root, path));
                }

                files.Add(new ListedFile(listed!, name.ToString()));
            });
            System.Runtime.InteropServices.CollectionsMarshal.AsSpan(files).Sort(default(ListedFile.Order));
            return new FileListing(files, ignored);
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

    /// <summary>What stands before the names of a folder's files relative to the root: empty, or a path that ends in <c>/</c>.</summary>
    public static string Prefix(string root, string folder) => Relative(root, folder) is var path && path == "." ? "" : path + "/";

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
                DatasetError.Other, folder, "a readable folder", exception.Message.TrimEnd('.'),
                exception is DirectoryNotFoundException ? "it vanished while it was read: try again once nothing moves its files" : "check the permissions", exception);
        }
    }
}
