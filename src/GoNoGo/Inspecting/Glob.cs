using GoNoGo.Vision.Datasets.Listing;

namespace GoNoGo.Inspecting;

/// <summary>Files and folders that fit a pattern: <c>*</c> and <c>?</c> stand for letters of one name, <c>**</c> for any number of folders.</summary>
internal static class Glob
{
    /// <summary>The matches as they come, a file perhaps more than once. The walk goes down one part of the pattern at a time.</summary>
    public static IEnumerable<GlobMatch> Matches(string pattern)
    {
        string root = Path.GetPathRoot(pattern) ?? "";
        string[] parts = pattern[root.Length..].Split(['/', Path.DirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);
        IEnumerable<string> folders = [root];
        foreach (string part in parts[..^1])
        {
            folders = part == "**" ? folders.SelectMany(WithSubfolders).Distinct(StringComparer.Ordinal)
                : Fitting(folders, part).Where(match => match.IsFolder).Select(match => match.Path);
        }

        // A folder stands for all pictures below it.
        return parts[^1] == "**" ? folders.Select(folder => new GlobMatch(folder, "", true)) : Fitting(folders, parts[^1]);
    }

    private static IEnumerable<GlobMatch> Fitting(IEnumerable<string> folders, string part) =>
        part.AsSpan().IndexOfAny('*', '?') >= 0
            ? folders.SelectMany(folder => FolderWalk.Entries(Here(folder), part).Select(entry => new GlobMatch(folder, entry.Name, entry.IsFolder)))
            : folders.Select(folder => new GlobMatch(folder, part, Directory.Exists(Path.Combine(folder, part))))
                .Where(match => match.IsFolder || File.Exists(match.Path));

    /// <summary>What an empty path stands for.</summary>
    public static string Here(string folder) => folder.Length == 0 ? "." : folder;

    /// <summary>Without the <c>./</c> that listing the current folder puts in front.</summary>
    public static string Strip(string folder, string path) => folder.Length > 0 ? path : Path.GetRelativePath(".", path) is var inside && inside == "." ? "" : inside;

    private static IEnumerable<string> WithSubfolders(string folder) =>
        FolderWalk.Folders(Here(folder), FolderWalk.AllLevels).Select(path => Strip(folder, path));
}

/// <summary>A file or folder that fits a pattern.</summary>
/// <param name="Folder">The folder that holds it, as the pattern leads to it; empty for the current one.</param>
/// <param name="Name">Its name there; empty for the folder itself.</param>
/// <param name="IsFolder">Whether it is a folder.</param>
internal readonly record struct GlobMatch(string Folder, string Name, bool IsFolder)
{
    public string Path => System.IO.Path.Combine(Folder, Name);
}
