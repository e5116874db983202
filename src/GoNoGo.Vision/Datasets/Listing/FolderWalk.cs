using System.IO.Enumeration;

namespace GoNoGo.Vision.Datasets.Listing;

/// <summary>Receives a file of a walk.</summary>
/// <param name="folder">The folder, as the walk reached it.</param>
/// <param name="name">The file's name; valid during the call only.</param>
public delegate void FileVisitor(string folder, ReadOnlySpan<char> name);

/// <summary>
/// Visits the files of a folder, and of those below it, by their directory entries alone: no file is opened and none is asked for
/// its size or date, so that a million files take about a second. Hidden files and folders are passed over.
/// </summary>
/// <remarks>
/// A link to a folder is followed unless it leads back to a folder that is being walked, or to one above it: that is a loop.
/// </remarks>
public sealed class FolderWalk
{
    /// <summary>For every folder below, however deep: the walk ends by itself, because links that lead back are not followed.</summary>
    public const int AllLevels = int.MaxValue;

    private readonly FileVisitor _visit;
    private readonly Action<string>? _enter;
    private readonly List<string> _walked = [];

    private FolderWalk(FileVisitor visit, Action<string>? enter)
    {
        _visit = visit;
        _enter = enter;
    }

    /// <summary>Visits the files; those of a folder one after the other, in the order of the file system.</summary>
    /// <param name="folder">Where to begin.</param>
    /// <param name="maxDepth">How many levels of folders are entered below it; 0: none.</param>
    /// <param name="visit">Called for every file.</param>
    /// <exception cref="IOException">A folder vanished or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A folder may not be read.</exception>
    public static void Files(string folder, int maxDepth, FileVisitor visit)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(visit);
        new FolderWalk(visit, null).Walk(folder, RealPath.Of(folder), maxDepth);
    }

    /// <summary>A folder and those below it, as the walk reaches them.</summary>
    /// <param name="folder">Where to begin.</param>
    /// <param name="maxDepth">How many levels of folders are entered below it.</param>
    /// <exception cref="IOException">A folder vanished or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A folder may not be read.</exception>
    public static IReadOnlyList<string> Folders(string folder, int maxDepth)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var folders = new List<string>();
        new FolderWalk((_, _) => { }, folders.Add).Walk(folder, RealPath.Of(folder), maxDepth);
        return folders;
    }

    /// <summary>The entries of one folder that fit, hidden ones left out.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="pattern">A name with <c>*</c> and <c>?</c>; null: every name.</param>
    /// <returns>Names, and whether each is a folder.</returns>
    /// <exception cref="IOException">The folder vanished or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be read.</exception>
    public static IEnumerable<(string Name, bool IsFolder)> Entries(string folder, string? pattern = null) =>
        new FileSystemEnumerable<(string, bool)>(folder, (ref FileSystemEntry entry) => (entry.FileName.ToString(), entry.IsDirectory), Plain)
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) =>
                !IsHidden(ref entry) && (pattern is null || FileSystemName.MatchesSimpleExpression(pattern, entry.FileName, ignoreCase: OperatingSystem.IsWindows())),
        };

    // Attributes are looked at below: asking for them here would cost a look at every file on some systems.
    private static EnumerationOptions Plain { get; } = new() { IgnoreInaccessible = false, AttributesToSkip = 0 };

    private void Walk(string folder, string real, int depth)
    {
        _enter?.Invoke(folder);
        List<(string Name, bool IsLink)>? folders;
        using (var entries = new EntryVisitor(folder, _visit, depth > 0))
        {
            while (entries.MoveNext())
            {
            }

            folders = entries.Folders;
        }

        if (folders is null)
        {
            return;
        }

        _walked.Add(real);
        folders.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        foreach ((string name, bool isLink) in folders)
        {
            string below = Path.Combine(real, name);
            string target = isLink ? RealPath.Of(below) : below;
            if (!isLink || !_walked.Exists(walked => RealPath.IsWithin(walked, target)))
            {
                Walk(Path.Combine(folder, name), target, depth - 1);
            }
        }

        _walked.RemoveAt(_walked.Count - 1);
    }

    private static bool IsHidden(ref FileSystemEntry entry) => OperatingSystem.IsWindows()
        ? (entry.Attributes & (FileAttributes.Hidden | FileAttributes.System)) != 0
        : entry.FileName.StartsWith('.');

    /// <summary>Hands the files on and keeps the folders; gives nothing itself, so that no name becomes a string without need.</summary>
    private sealed class EntryVisitor : FileSystemEnumerator<bool>
    {
        private readonly string _folder;
        private readonly FileVisitor _visit;
        private readonly bool _wantsFolders;

        public EntryVisitor(string folder, FileVisitor visit, bool wantsFolders) : base(folder, Plain)
        {
            _folder = folder;
            _visit = visit;
            _wantsFolders = wantsFolders;
        }

        public List<(string Name, bool IsLink)>? Folders { get; private set; }

        protected override bool ShouldIncludeEntry(ref FileSystemEntry entry)
        {
            if (IsHidden(ref entry))
            {
                return false;
            }

            if (!entry.IsDirectory)
            {
                _visit(_folder, entry.FileName);
            }
            else if (_wantsFolders)
            {
                (Folders ??= []).Add((entry.FileName.ToString(), (entry.Attributes & FileAttributes.ReparsePoint) != 0));
            }

            return false;
        }

        protected override bool TransformEntry(ref FileSystemEntry entry) => false;
    }
}
