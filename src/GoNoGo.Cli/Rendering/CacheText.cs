using System.Globalization;
using GoNoGo.Cli.Terminals;
using GoNoGo.Detection.Features.Caching;

namespace GoNoGo.Cli.Rendering;

/// <summary>The feature cache.</summary>
internal static class CacheText
{
    public static void Show(FeatureCache cache, (long Bytes, int InUse)? cleared, Terminal terminal)
    {
        if (cache.Options.Folder is not { } folder)
        {
            terminal.Line($"no features are kept: {FeatureCacheOptions.FolderVariable} is off, or this user has no folder for application data.");
            return;
        }

        IReadOnlyList<FeatureSetInfo> sets = cache.List();
        if (cleared is { } removed)
        {
            terminal.Line($"removed {Format.Bytes(removed.Bytes)}{(removed.InUse > 0 ? string.Create(CultureInfo.InvariantCulture, $"; {removed.InUse} set(s) are in use and stay") : "")}.");
        }

        terminal.Line($"{folder}: {Format.Bytes(sets.Sum(set => set.Bytes))} of at most {Format.Bytes(cache.Options.MostBytes)}");
        if (sets.Count == 0)
        {
            return;
        }

        var table = new TextTable("set", "backbone", "level", "input", "weights", ">size", "last used (UTC)");
        foreach (FeatureSetInfo set in sets)
        {
            string weights = Of(set, "weights");
            table.Add(
                set.Id[..8], Of(set, "backbone"), Of(set, "level"), Of(set, "input"), weights[..Math.Min(8, weights.Length)], Format.Bytes(set.Bytes),
                set.LastUsed.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture));
        }

        terminal.Table(table);
    }

    public static string Json(FeatureCache cache, (long Bytes, int InUse)? cleared) => JsonText.Object(json =>
    {
        IReadOnlyList<FeatureSetInfo> sets = cache.List();
        json.WriteString("folder", cache.Options.Folder);
        json.WriteNumber("limit_bytes", cache.Options.MostBytes);
        json.WriteNumber("total_bytes", sets.Sum(set => set.Bytes));
        if (cleared is { } removed)
        {
            json.WriteNumber("removed_bytes", removed.Bytes);
            json.WriteNumber("in_use", removed.InUse);
        }

        json.Objects("sets", sets, set =>
        {
            json.WriteString("id", set.Id);
            json.WriteNumber("bytes", set.Bytes);
            json.WriteString("last_used", set.LastUsed.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
            json.WriteString("backbone", Of(set, "backbone"));
            json.WriteString("level", Of(set, "level"));
            json.WriteString("weights_sha256", Of(set, "weights"));
            json.WriteString("about", set.About);
        });
    });

    /// <summary>A line of the set's description, without its first word; empty where it is missing.</summary>
    private static string Of(FeatureSetInfo set, string word) =>
        set.About.Split('\n').FirstOrDefault(line => line.StartsWith(word + " ", StringComparison.Ordinal))?[(word.Length + 1)..] ?? "";
}
