using System.Globalization;
using GoNoGo.Evaluation.Metrics.Pixel;
using GoNoGo.Vision.Datasets.Listing;

namespace GoNoGo.Scores;

/// <summary>
/// Measures the anomaly maps of anybody's model against masks: two folders joined by relative path without extension, a
/// <c>_mask</c> at the end of a mask's name ignored. A map without a mask is of a normal picture; any mask value but 0 is
/// defect. NaN in a map, as <c>inspect --maps</c> writes it outside of the judged region, is not judged: neither normal nor defective. Maps are read one by one, so that memory does not grow with their number beyond the metrics' own limit.
/// </summary>
public static class MapFolder
{
    private const string MaskSuffix = "_mask";

    /// <summary>Measures.</summary>
    /// <param name="maps">The folder of maps: NPY, safetensors, or gray PNG (8 or 16 bits, taken as integers).</param>
    /// <param name="masks">The folder of masks: pictures, NPY or safetensors.</param>
    /// <param name="progress">Told the number of maps read and of all.</param>
    /// <param name="cancellation">Stops between two maps.</param>
    /// <exception cref="ScoreInputException">A folder or file cannot be used, or sizes do not match.</exception>
    public static MapFolderResult Measure(string maps, string masks, Action<int, int>? progress = null, CancellationToken cancellation = default)
    {
        (SortedDictionary<string, string> mapFiles, int ignored) = Index(maps, "maps", isMask: false);
        (SortedDictionary<string, string> maskFiles, int ignoredMasks) = Index(masks, "masks", isMask: true);
        if (mapFiles.Count == 0)
        {
            throw new ScoreInputException($"'{maps}' holds no maps; expected files with the extension {string.Join(", ", PlaneFile.Extensions)}.");
        }

        string[] strays = [.. maskFiles.Keys.Where(stem => !mapFiles.ContainsKey(stem))];
        if (strays.Length > 0 && strays.Length == maskFiles.Count)
        {
            throw new ScoreInputException(
                $"no mask in '{masks}' belongs to a map in '{maps}' (mask '{strays[0]}', map '{mapFiles.Keys.First()}'); give folders whose relative paths agree, '_mask' and extensions aside.");
        }

        using var metrics = new PixelMetrics();
        var sizes = new SortedSet<(int Width, int Height)>();
        var unjudged = new UnjudgedPixels();
        int done = 0;
        foreach ((string stem, string file) in mapFiles)
        {
            cancellation.ThrowIfCancellationRequested();
            Plane map = PlaneFile.ReadMap(file);
            sizes.Add((map.Width, map.Height));
            byte[] mask = maskFiles.TryGetValue(stem, out string? maskFile) ? ReadMask(maskFile, file, map) : [];
            metrics.Add(map.Values, mask, unjudged.Exclude(map.Values, mask), map.Width, map.Height);
            progress?.Invoke(++done, mapFiles.Count);
        }

        return new MapFolderResult(
            metrics.Compute(), MapSize(sizes), mapFiles.Count, maskFiles.Count - strays.Length, [.. Notes(strays, ignored + ignoredMasks), .. unjudged.Notes()]);
    }

    private static byte[] ReadMask(string maskFile, string mapFile, Plane map)
    {
        PlaneMask mask = PlaneFile.ReadMask(maskFile);
        return mask.Width == map.Width && mask.Height == map.Height ? mask.Values : throw new ScoreInputException(string.Create(
            CultureInfo.InvariantCulture,
            $"the mask '{maskFile}' is {mask.Width} x {mask.Height}, its map '{mapFile}' is {map.Width} x {map.Height}; bring both to one size (masks by nearest)."));
    }

    /// <summary>The files of a folder by stem, ordinal order.</summary>
    private static (SortedDictionary<string, string> Files, int Ignored) Index(string folder, string what, bool isMask)
    {
        if (!Directory.Exists(folder))
        {
            throw new ScoreInputException($"there is no folder of {what} '{folder}'; check the path.");
        }

        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        int ignored = 0;
        try
        {
            var found = new List<string>();
            FolderWalk.Files(folder, FolderWalk.AllLevels, (parent, name) => found.Add(Path.Join(parent, name)));
            foreach (string file in found.Order(StringComparer.Ordinal))
            {
                if (!(isMask ? PlaneFile.IsMask(file) : PlaneFile.IsMap(file)))
                {
                    ignored++;
                    continue;
                }

                string relative = Path.GetRelativePath(folder, file).Replace(Path.DirectorySeparatorChar, '/');
                string stem = relative[..^Path.GetExtension(relative).Length];
                if (isMask && stem.EndsWith(MaskSuffix, StringComparison.Ordinal))
                {
                    stem = stem[..^MaskSuffix.Length];
                }

                if (!files.TryAdd(stem, file))
                {
                    throw new ScoreInputException($"'{files[stem]}' and '{file}' are {what} of the same name '{stem}'; remove one of them.");
                }
            }
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or (IOException and not ScoreInputException))
        {
            throw new ScoreInputException($"cannot read the folder '{folder}': {exception.Message}", exception);
        }

        return (files, ignored);
    }

    private static string MapSize(SortedSet<(int Width, int Height)> sizes) => sizes.Count == 1
        ? string.Create(CultureInfo.InvariantCulture, $"{sizes.Min.Width}x{sizes.Min.Height}")
        : "mixed";

    private static string Count(int count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");

    private static IEnumerable<string> Notes(string[] strays, int ignored)
    {
        if (strays.Length > 0)
        {
            yield return $"{Count(strays.Length, "mask")} without a map {(strays.Length == 1 ? "was" : "were")} left out, the first is '{strays[0]}'.";
        }

        if (ignored > 0)
        {
            yield return $"{Count(ignored, "file")} of other kinds {(ignored == 1 ? "was" : "were")} ignored.";
        }
    }
}

/// <summary>What the maps of a folder are worth.</summary>
/// <param name="Metrics">Pixel metrics pooled over all maps.</param>
/// <param name="MapSize"><c>224x224</c>, or <c>mixed</c> where the maps have several sizes.</param>
/// <param name="MapCount">How many maps.</param>
/// <param name="MaskCount">How many of them have a mask.</param>
/// <param name="Notes">What a reader must know; sentences.</param>
public sealed record MapFolderResult(PixelMetricsResult Metrics, string MapSize, int MapCount, int MaskCount, IReadOnlyList<string> Notes);
