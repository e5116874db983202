using System.Text.Json;
using GoNoGo.Cli.Terminals;
using GoNoGo.Detection.Models;

namespace GoNoGo.Cli.Rendering;

/// <summary>Stored thresholds, for people and as JSON.</summary>
internal static class ThresholdText
{
    /// <summary>Value and rule in one line.</summary>
    public static string Of(StoredThreshold? threshold) =>
        threshold is null ? "none" : $"{Format.Score(threshold.Value)} ({Format.Rule(threshold)})";

    public static void Table(Manifest manifest, Terminal terminal)
    {
        var table = new TextTable("threshold", ">value", "rule");
        Add(table, "image", manifest.ImageThreshold);
        Add(table, "pixel", manifest.PixelThreshold);
        terminal.Table(table);
        foreach (string note in new[] { manifest.ImageThreshold?.Note, manifest.PixelThreshold?.Note }.OfType<string>().Distinct())
        {
            terminal.Log("gonogo: note: " + note);
        }
    }

    public static void Json(Utf8JsonWriter json, string name, StoredThreshold? threshold)
    {
        if (threshold is null)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        json.Value("value", threshold.Value);
        json.WriteString("rule", threshold.Rule);
        json.Value("false_reject_rate", threshold.FalseRejectRate);
        json.WriteString("note", threshold.Note);
        json.WriteEndObject();
    }

    private static void Add(TextTable table, string name, StoredThreshold? threshold) => table.Add(
        name, threshold is null ? "none" : Format.Score(threshold.Value), threshold is null ? "" : Format.Rule(threshold));
}
