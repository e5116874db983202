using System.Globalization;
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
        Costs("image", manifest.ImageThreshold, terminal);
        Costs("pixel", manifest.PixelThreshold, terminal);
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
        if (threshold.Costs is not { } costs)
        {
            json.WriteNull("costs");
            json.WriteEndObject();
            return;
        }

        json.WriteStartObject("costs");
        json.Value("cost_miss", costs.CostMiss);
        json.Value("cost_false_alarm", costs.CostFalseAlarm);
        json.WriteNumber("good", costs.Good);
        json.WriteNumber("defective", costs.Defective);
        json.WriteNumber("misses", costs.Misses);
        json.WriteNumber("false_alarms", costs.FalseAlarms);
        json.Value("cost", costs.Cost);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Costs(string name, StoredThreshold? threshold, Terminal terminal)
    {
        if (threshold?.Costs is { } costs)
        {
            terminal.Line(string.Create(
                CultureInfo.InvariantCulture,
                $"{name} threshold by cost: {costs.Misses} of {costs.Defective} defective missed, {costs.FalseAlarms} of {costs.Good} good refused on the pictures it was chosen on; cost {Format.Score(costs.Cost)}, {Format.Score(costs.Cost / (costs.Good + costs.Defective))} a part."));
        }
    }

    private static void Add(TextTable table, string name, StoredThreshold? threshold) => table.Add(
        name, threshold is null ? "none" : Format.Score(threshold.Value), threshold is null ? "" : Format.Rule(threshold));
}
