using GoNoGo.Detection.Backbones;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Detection.Features.Caching;

/// <summary>
/// Features of pictures kept on disk between runs, shared by all of them: a folder for each <see cref="FeatureSetKey"/>. When the
/// whole grows beyond its limit, the sets used longest ago that nobody writes are removed.
/// </summary>
public sealed class FeatureCache
{
    private readonly FeatureCacheOptions _options;

    /// <summary>A cache in the folder of the options.</summary>
    public FeatureCache(FeatureCacheOptions? options = null) => _options = options ?? FeatureCacheOptions.FromEnvironment();

    /// <summary>Its limits.</summary>
    public FeatureCacheOptions Options => _options;

    /// <summary>The sets that are there, the one used last first.</summary>
    public IReadOnlyList<FeatureSetInfo> List()
    {
        if (_options.Folder is null || !Directory.Exists(_options.Folder))
        {
            return [];
        }

        return
        [
            .. new DirectoryInfo(_options.Folder).EnumerateDirectories().Where(IsSet).Select(Describe)
                .OrderByDescending(set => set.LastUsed).ThenBy(set => set.Id, StringComparer.Ordinal),
        ];
    }

    /// <summary>Removes every set that no process writes.</summary>
    /// <returns>Bytes freed, and sets that stay because they are in use.</returns>
    public (long Bytes, int InUse) Clear()
    {
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

    /// <summary>Opens the set of a level; null where nothing is kept on disk.</summary>
    internal FeatureSetFile? Open(FeatureExtractor extractor, FeatureLevel level, Preprocessing preprocessing, string view)
    {
        if (_options.Folder is null)
        {
            return null;
        }

        FeatureSetKey key = FeatureSetKey.Of(extractor, level, preprocessing, view);
        return FeatureSetFile.Open(Path.Combine(_options.Folder, key.Id), key.Text, checked(level.Width * level.Rows * level.Columns));
    }

    /// <summary>Removes sets, the one used longest ago first, until the whole fits its limit.</summary>
    internal void Trim()
    {
        IReadOnlyList<FeatureSetInfo> sets = List();
        long bytes = sets.Sum(set => set.Bytes);
        for (int i = sets.Count - 1; i >= 0 && bytes > _options.MostBytes; i--)
        {
            bytes -= Remove(sets[i]) ? sets[i].Bytes : 0;
        }
    }

    /// <summary>Only folders that we made: 32 hexadecimal digits.</summary>
    private static bool IsSet(DirectoryInfo folder) => folder.Name.Length == 32 && folder.Name.All(char.IsAsciiHexDigitLower);

    private static FeatureSetInfo Describe(DirectoryInfo folder)
    {
        FileInfo[] files = folder.GetFiles();
        // Opening a set takes its lock and writes its description, so the newest file tells the last use.
        DateTime used = files.Length == 0 ? folder.LastWriteTimeUtc : files.Max(file => file.LastWriteTimeUtc);
        string about = Path.Combine(folder.FullName, "about.txt");
        return new FeatureSetInfo(folder.Name, folder.FullName, files.Sum(file => file.Length), used, File.Exists(about) ? File.ReadAllText(about) : "");
    }

    private static bool Remove(FeatureSetInfo set)
    {
        try
        {
            if (FeatureSetFile.IsInUse(set.Folder))
            {
                return false;
            }

            Directory.Delete(set.Folder, recursive: true);
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
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
