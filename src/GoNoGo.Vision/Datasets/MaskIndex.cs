using GoNoGo.Vision.Datasets.Listing;

namespace GoNoGo.Vision.Datasets;

/// <summary>
/// The mask files of one folder, found by the stem of their picture: relative path without extension, with or without
/// <c>_mask</c> at its end. One pass over the folder, then constant time a picture.
/// </summary>
internal sealed class MaskIndex
{
    private const string Suffix = "_mask";

    private readonly Dictionary<string, string> _byStem = new(StringComparer.Ordinal);
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    /// <summary>Indexes a folder, which may be missing.</summary>
    /// <param name="root">The data root.</param>
    /// <param name="folder">The folder of masks.</param>
    /// <param name="preferredExtension">Which file wins when a stem occurs twice; null: the first in ordinal order.</param>
    public MaskIndex(string root, string folder, string? preferredExtension = null)
    {
        FileListing listing = PictureFiles.List(root, folder);
        IgnoredCount = listing.IgnoredCount;
        int prefix = PictureFiles.Prefix(root, folder).Length;
        foreach (ListedFile file in listing.Files)
        {
            string path = file.RelativePath;
            string stem = Stem(path[prefix..]);
            stem = stem.EndsWith(Suffix, StringComparison.Ordinal) ? stem[..^Suffix.Length] : stem;
            bool preferred = preferredExtension is not null && path.EndsWith(preferredExtension, StringComparison.OrdinalIgnoreCase);
            if (!_byStem.TryAdd(stem, path) && preferred)
            {
                _byStem[stem] = path;
            }
        }
    }

    /// <summary>How many files of the folder are no pictures.</summary>
    public int IgnoredCount { get; }

    /// <summary>Whether there is no mask at all.</summary>
    public bool IsEmpty => _byStem.Count == 0;

    /// <summary>Masks that nobody asked for so far.</summary>
    public IEnumerable<string> Strays => _byStem.Values.Where(path => !_taken.Contains(path));

    /// <summary>The mask of a picture (its path relative to the folder that the mask folder mirrors), or null.</summary>
    public string? Find(string pathInFolder)
    {
        if (!_byStem.TryGetValue(Stem(pathInFolder), out string? path))
        {
            return null;
        }

        _taken.Add(path);
        return path;
    }

    private static string Stem(string path) => path[..^Path.GetExtension(path).Length];
}
