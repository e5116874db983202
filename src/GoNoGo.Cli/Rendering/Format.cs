using System.Globalization;
using GoNoGo.Detection.Models;

namespace GoNoGo.Cli.Rendering;

/// <summary>Numbers for people, the same under every culture.</summary>
internal static class Format
{
    public static string Score(double value) => value.ToString("G6", CultureInfo.InvariantCulture);

    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public static string Share(double value) => (100 * value).ToString("F1", CultureInfo.InvariantCulture) + " %";

    public static string Bytes(long bytes) => bytes switch
    {
        < 10_000 => Count(bytes) + " bytes",
        < 10_000_000 => (bytes / 1e3).ToString("F0", CultureInfo.InvariantCulture) + " kB",
        < 10_000_000_000 => (bytes / 1e6).ToString("F1", CultureInfo.InvariantCulture) + " MB",
        _ => (bytes / 1e9).ToString("F1", CultureInfo.InvariantCulture) + " GB",
    };

    /// <summary>Smallest and largest of a range, once where they agree.</summary>
    public static string Range(IReadOnlyList<int> ends) => ends.Count == 0 ? "?" : ends[0] == ends[^1]
        ? ends[0].ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{ends[0]} to {ends[^1]}");

    /// <summary>The judged region of a model.</summary>
    public static string Region(StoredRegion region) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Share(region.Pixels / ((double)region.Width * region.Height))} of the pixels, in the box {string.Join(',', region.Box)} of {region.Width} x {region.Height}");

    /// <summary>The backbone of a model.</summary>
    public static string Backbone(StoredBackbone backbone) =>
        $"{backbone.Id}, {string.Join(", ", backbone.Levels)}, weights {(backbone.IsBundled ? "in the model" : "not in the model")}";

    /// <summary>How a threshold was found.</summary>
    public static string Rule(StoredThreshold threshold) => threshold.FalseRejectRate is { } rate
        ? $"{threshold.Rule} {rate.ToString(CultureInfo.InvariantCulture)}"
        : threshold.Costs is { } costs ? string.Create(CultureInfo.InvariantCulture, $"{threshold.Rule}, miss {costs.CostMiss}, false alarm {costs.CostFalseAlarm}")
        : threshold.Rule;
}
