using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Scoring;

namespace GoNoGo.Detection.Features.Caching;

/// <summary>
/// Features of pictures kept on disk between runs, shared by all of them: a folder for each <see cref="FeatureSetKey"/>. When the
/// whole grows beyond its limit, the sets used longest ago that nobody writes are removed.
/// </summary>
public sealed class FeatureCache
{
    private const int IdLength = 32;
    private const string RemovedSuffix = ".removed";

    private readonly FeatureCacheOptions _options;

    /// <summary>A cache in the folder of the options.</summary>
    public FeatureCache(FeatureCacheOptions? options = null) => _options = options ?? FeatureCacheOptions.FromEnvironment();

    /// <summary>Its limits.</summary>
    public FeatureCacheOptions Options => _options;

    /// <summary>The sets that are there, the one used last first.</summary>
    public IReadOnlyList<FeatureSetInfo> List() =>
        [.. Folders("").Select(Describe).OfType<FeatureSetInfo>().OrderByDescending(set => set.LastUsed).ThenBy(set => set.Id, StringComparer.Ordinal)];

    /// <summary>Removes every set that no process writes.</summary>
    /// <returns>Bytes freed, and sets that stay because they are in use.</returns>
    public (long Bytes, int InUse) Clear()
    {
        RemoveLeftovers();
        long bytes = 0;
        int inUse = 0;
        foreach (FeatureSetInfo set in List())
        {
            bool removed = Remove(set);
            bytes += removed ? set.Bytes : 0;
            inUse += removed ? 0 : 1;
        }

        return (bytes, inUse);
    }

    /// <summary>Opens the set of a level; null where nothing is kept on disk, or the weights came from no file and cannot be told from others.</summary>
    internal FeatureSetFile? Open(FeatureExtractor extractor, FeatureLevel level, PictureFrame frame, string view)
    {
        if (_options.Folder is null || extractor.WeightsSha256.Length == 0)
        {
            return null;
        }

        FeatureSetKey key = FeatureSetKey.Of(extractor, level, frame, view);
        return FeatureSetFile.Open(Path.Combine(_options.Folder, key.Id), key.Text, checked(level.Width * level.Rows * level.Columns));
    }

    /// <summary>Removes sets, the one used longest ago first, until the whole fits its limit.</summary>
    internal void Trim()
    {
        RemoveLeftovers();
        IReadOnlyList<FeatureSetInfo> sets = List();
        long bytes = sets.Sum(set => set.Bytes);
        for (int i = sets.Count - 1; i >= 0 && bytes > _options.MostBytes; i--)
        {
            bytes -= Remove(sets[i]) ? sets[i].Bytes : 0;
        }
    }

    /// <summary>The folders of ours: 32 hexadecimal digits, and a suffix while one is being removed.</summary>
    private IEnumerable<DirectoryInfo> Folders(string suffix)
    {
        if (_options.Folder is null)
        {
            return [];
        }

        try
        {
            return [.. new DirectoryInfo(_options.Folder).EnumerateDirectories().Where(folder =>
                folder.Name.Length == IdLength + suffix.Length && folder.Name.EndsWith(suffix, StringComparison.Ordinal) && folder.Name.Take(IdLength).All(char.IsAsciiHexDigitLower))];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>What a removal that was killed in the middle left.</summary>
    private void RemoveLeftovers()
    {
        foreach (DirectoryInfo folder in Folders(RemovedSuffix))
        {
            _ = TryDelete(folder.FullName);
        }
    }

    private static FeatureSetInfo? Describe(DirectoryInfo folder)
    {
        try
        {
            FileInfo[] files = folder.GetFiles();
            // Opening a set for writing touches its description, so the newest file tells the last use.
            DateTime used = files.Length == 0 ? folder.LastWriteTimeUtc : files.Max(file => file.LastWriteTimeUtc);
            string about = Path.Combine(folder.FullName, FeatureSetFile.AboutName);
            return new FeatureSetInfo(folder.Name, folder.FullName, files.Sum(file => file.Length), used, File.Exists(about) ? File.ReadAllText(about) : "");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Removed by another process meanwhile, or not ours to read.
            return null;
        }
    }

    /// <summary>
    /// Takes the set's lock, so that nobody writes it, and renames its folder before it is deleted: who opens the set from then on makes
    /// a new one, and who reads it keeps its open files.
    /// </summary>
    private static bool Remove(FeatureSetInfo set)
    {
        string doomed = set.Folder + RemovedSuffix;
        try
        {
            using FileStream? held = FeatureSetFile.TakeLock(set.Folder);
            if (held is null)
            {
                return !Directory.Exists(set.Folder);
            }

            if (OperatingSystem.IsWindows())
            {
                // A folder with an open file cannot be renamed there.
                held.Dispose();
            }

            Directory.Move(set.Folder, doomed);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return !Directory.Exists(set.Folder);
        }

        return TryDelete(doomed);
    }

    private static bool TryDelete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return !Directory.Exists(folder);
        }
    }
}

/// <summary>A set of features on disk.</summary>
/// <param name="Id">The name of its folder.</param>
/// <param name="Folder">Its folder.</param>
/// <param name="Bytes">Bytes of its files.</param>
/// <param name="LastUsed">When it was opened last, UTC.</param>
/// <param name="About">What it is, in words.</param>
public sealed record FeatureSetInfo(string Id, string Folder, long Bytes, DateTime LastUsed, string About);
