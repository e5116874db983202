using System.IO.Enumeration;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Inspecting;

/// <summary>The picture files that a list of files, folders and globs stands for.</summary>
/// <param name="Files">The pictures in natural order (<c>part2.png</c> before <c>part10.png</c>), each once.</param>
/// <param name="IgnoredCount">Files that are no pictures.</param>
public sealed record PictureList(IReadOnlyList<string> Files, int IgnoredCount)
{
    // Nesting deeper than this is a loop of links rather than a folder of pictures.
    private const int MaxDepth = 16;

    private static readonly EnumerationOptions Everything = new() { IgnoreInaccessible = false };

    private static readonly EnumerationOptions Recursive = new()
    {
        IgnoreInaccessible = false,
        RecurseSubdirectories = true,
        MaxRecursionDepth = MaxDepth,
    };

    /// <summary>
    /// Finds the pictures. A folder stands for all pictures below it; in a glob <c>*</c> and <c>?</c> stand for letters of one
    /// name and <c>**</c> for any number of folders; hidden files are passed over. A file given by its own name counts as a
    /// picture by its content where its extension does not say so.
    /// </summary>
    /// <param name="paths">Files, folders and globs.</param>
    /// <exception cref="FileNotFoundException">A path does not exist, a glob fits nothing, or there is no picture at all; one sentence.</exception>
    /// <exception cref="IOException">A folder cannot be read.</exception>
    public static PictureList Expand(IReadOnlyList<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var files = new SortedDictionary<string, string>(NaturalOrder.Instance);
        var ignored = new HashSet<string>(StringComparer.Ordinal);
        foreach (string path in paths)
        {
            if (File.Exists(path))
            {
                Add(path, PictureNames.IsPicture(path) || HasPictureInside(path));
            }
            else if (Directory.Exists(path))
            {
                AddFolder(path);
            }
            else
            {
                AddGlob(path);
            }
        }

        return files.Count > 0
            ? new PictureList([.. files.Values], ignored.Count)
            : throw new FileNotFoundException(
                $"there is no picture in '{string.Join("', '", paths)}'{(ignored.Count > 0 ? $" ({ignored.Count} other file(s))" : "")}; give picture files, folders of them, or a glob.");

        void Add(string path, bool isPicture)
        {
            if (isPicture)
            {
                files.TryAdd(Path.GetFullPath(path), path);
            }
            else
            {
                ignored.Add(Path.GetFullPath(path));
            }
        }

        void AddFolder(string folder)
        {
            foreach (string file in Directory.EnumerateFiles(folder, "*", Recursive))
            {
                Add(file, PictureNames.IsPicture(file));
            }
        }

        void AddGlob(string pattern)
        {
            if (pattern.AsSpan().IndexOfAny('*', '?') < 0)
            {
                throw new FileNotFoundException($"there is no file or folder '{pattern}'; check the path.");
            }

            bool any = false;
            foreach (string match in Matches(pattern))
            {
                any = true;
                if (Directory.Exists(match))
                {
                    AddFolder(match);
                }
                else
                {
                    Add(match, PictureNames.IsPicture(match));
                }
            }

            if (!any)
            {
                throw new FileNotFoundException($"the glob '{pattern}' fits no file; check it.");
            }
        }
    }

    /// <summary>Files and folders that fit a glob: the walk goes down one part of the pattern at a time.</summary>
    private static IEnumerable<string> Matches(string pattern)
    {
        string root = Path.GetPathRoot(pattern) ?? "";
        string[] parts = pattern[root.Length..].Split(['/', Path.DirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);
        IEnumerable<string> found = [root];
        for (int i = 0; i < parts.Length; i++)
        {
            string part = parts[i];
            bool isLast = i == parts.Length - 1;
            found = part == "**" ? found.SelectMany(folder => WithSubfolders(folder, isLast)).Distinct(StringComparer.Ordinal)
                : part.AsSpan().IndexOfAny('*', '?') >= 0 ? found.SelectMany(folder => Fitting(folder, part, isLast))
                : found.Select(folder => Path.Combine(folder, part)).Where(path => Directory.Exists(path) || (isLast && File.Exists(path)));
        }

        return found;
    }

    private static IEnumerable<string> WithSubfolders(string folder, bool isLast)
    {
        if (isLast)
        {
            return Directory.EnumerateFiles(Here(folder), "*", Recursive).Select(path => Strip(folder, path));
        }

        return Directory.EnumerateDirectories(Here(folder), "*", Recursive).Select(path => Strip(folder, path)).Prepend(folder);
    }

    private static IEnumerable<string> Fitting(string folder, string part, bool isLast)
    {
        IEnumerable<string> entries = isLast
            ? Directory.EnumerateFileSystemEntries(Here(folder), "*", Everything)
            : Directory.EnumerateDirectories(Here(folder), "*", Everything);
        return entries.Where(path => FileSystemName.MatchesSimpleExpression(part, Path.GetFileName(path), ignoreCase: OperatingSystem.IsWindows()))
            .Select(path => Strip(folder, path));
    }

    private static string Here(string folder) => folder.Length == 0 ? "." : folder;

    /// <summary>Without the <c>./</c> that listing the current folder puts in front.</summary>
    private static string Strip(string folder, string path) => folder.Length == 0 ? Path.GetRelativePath(".", path) : path;

    private static bool HasPictureInside(string path)
    {
        try
        {
            ImageDecoder.Identify(path);
            return true;
        }
        catch (ImageFormatException)
        {
            return false;
        }
    }
}
