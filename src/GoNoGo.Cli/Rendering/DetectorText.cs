using GoNoGo.Cli.Terminals;
using GoNoGo.Detection.Detectors;
using GoNoGo.Detection.Options;

namespace GoNoGo.Cli.Rendering;

/// <summary>The option table of a detector.</summary>
internal static class DetectorText
{
    public static void Show(DetectorEntry entry, bool json, Terminal terminal)
    {
        if (json)
        {
            terminal.Line(Json(entry));
            return;
        }

        terminal.Line($"{entry.Id}: {entry.Summary}");
        terminal.Line();
        var values = new TextTable("option", "default", "paper-code", "paper-text", "values");
        foreach (OptionDefinition option in entry.Options.Definitions)
        {
            values.Add(option.Id, option.Default, Other(option.PaperCode, option), Other(option.PaperText, option), option.Range);
        }

        terminal.Table(values);
        foreach (PresetAddition addition in entry.Options.PresetAdditions)
        {
            terminal.Line(AdditionText(addition));
        }

        terminal.Line();
        var sentences = new TextTable("option", "what it does");
        foreach (OptionDefinition option in entry.Options.Definitions)
        {
            sentences.Add(option.Id, option.Sentence);
        }

        terminal.Table(sentences);
    }

    private static string Other(string? value, OptionDefinition option) => value is null || value == option.Default ? "" : value;

    private static string AdditionText(PresetAddition addition)
    {
        string own = addition.Settings.Count > 0 ? $" {string.Join(' ', addition.Settings)}" : "";
        string backbone = addition.BackboneSettings.Count > 0 ? $"{(own.Length > 0 ? ";" : "")} of the backbone, where it has them: {string.Join(' ', addition.BackboneSettings)}" : "";
        return $"preset {addition.Preset}:{own}{backbone}";
    }

    private static string Json(DetectorEntry entry) => JsonText.Object(json =>
    {
        json.WriteString("detector", entry.Id);
        json.WriteString("summary", entry.Summary);
        json.Objects("options", entry.Options.Definitions, option =>
        {
            json.WriteString("id", option.Id);
            json.WriteString("values", option.Range);
            json.WriteString("default", option.Default);
            json.WriteString("paper_code", option.PaperCode ?? option.Default);
            json.WriteString("paper_text", option.PaperText ?? option.Default);
            json.WriteString("sentence", option.Sentence);
        });
        json.Objects("presets", entry.Options.PresetAdditions, addition =>
        {
            json.WriteString("preset", addition.Preset);
            json.List("settings", addition.Settings);
            json.List("backbone_settings", addition.BackboneSettings);
        });
    });
}
