using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Datasets.Listing;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Inspecting;

/// <summary>The picture files that a list of files, folders and globs stands for.</summary>
/// <param name="Files">The pictures in natural order (<c>part2.png</c> before <c>part10.png</c>), each once.</param>
/// <param name="IgnoredCount">Files that are no pictures.</param>
public sealed record PictureList(IReadOnlyList<string> Files, int IgnoredCount)
{
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
        var files = new PathList.Builder();
        var ignored = new PathList.Builder();
        var folders = new Dictionary<string, PathFolder>(StringComparer.Ordinal);
        foreach (string path in paths)
        {
            if (File.Exists(path))
            {
                AddFile(path, PictureNames.IsPicture(path) || HasPictureInside(path));
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

        PathList list = files.Build();
        int others = ignored.CountDistinct();
        return list.Count > 0
            ? new PictureList(list, others)
            : throw new FileNotFoundException(
                $"there is no picture in '{string.Join("', '", paths)}'{(others > 0 ? $" ({others} other file(s))" : "")}; give picture files, folders of them, or a glob.");

        void AddFile(string path, bool isPicture)
        {
            string name = Path.GetFileName(path);
            (isPicture ? files : ignored).Add(FolderOf(path[..^name.Length]), name);
        }

        PathFolder FolderOf(string given)
        {
            if (!folders.TryGetValue(given, out PathFolder? folder))
            {
                folder = new PathFolder(given, WithSeparator(Path.GetFullPath(Glob.Here(given))), folders.Count);
                folders.Add(given, folder);
            }

            return folder;
        }

        void AddFolder(string start)
        {
            string? walked = null;
            PathFolder? folder = null;
            FolderWalk.Files(Glob.Here(start), FolderWalk.AllLevels, (path, name) =>
            {
                if (!ReferenceEquals(walked, path))
                {
                    walked = path;
                    string given = Glob.Strip(start, path);
                    folder = FolderOf(given.Length == 0 ? "" : WithSeparator(given));
                }

                (PictureNames.IsPicture(name) ? files : ignored).Add(folder!, name);
            });
        }

        void AddGlob(string pattern)
        {
            if (pattern.AsSpan().IndexOfAny('*', '?') < 0)
            {
                throw new FileNotFoundException($"there is no file or folder '{pattern}'; check the path.");
            }

            bool any = false;
            foreach (GlobMatch match in Glob.Matches(pattern))
            {
                any = true;
                if (match.IsFolder)
                {
                    AddFolder(match.Path);
                }
                else
                {
                    PathFolder folder = FolderOf(match.Folder.Length == 0 ? "" : WithSeparator(match.Folder));
                    (PictureNames.IsPicture(match.Name) ? files : ignored).Add(folder, match.Name);
                }
            }

            if (!any)
            {
                throw new FileNotFoundException($"the glob '{pattern}' fits no file; check it.");
            }
        }
    }

    private static string WithSeparator(string folder) => Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar;

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
