using System.Globalization;
using GoNoGo.Cli.Terminals;
using GoNoGo.Features;

namespace GoNoGo.Cli.Rendering;

/// <summary>What <c>gonogo features</c> wrote.</summary>
internal static class FeatureText
{
    public static void Show(FeatureOutcome outcome, Terminal terminal)
    {
        foreach (FeatureTensor level in outcome.Levels)
        {
            terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{outcome.Output}: {level.Level} [{outcome.Count}, {level.Width}, {level.Rows}, {level.Columns}]"));
        }

        if (outcome.IgnoredCount > 0)
        {
            terminal.Log(string.Create(CultureInfo.InvariantCulture, $"gonogo: {outcome.IgnoredCount} file(s) that are no pictures ignored."));
        }
    }

    public static string Json(FeatureOutcome outcome) => JsonText.Object(json =>
    {
        json.WriteString("output", outcome.Output);
        json.WriteNumber("count", outcome.Count);
        json.Objects("levels", outcome.Levels, level =>
        {
            json.WriteString("level", level.Level);
            json.WriteNumber("width", level.Width);
            json.WriteNumber("rows", level.Rows);
            json.WriteNumber("columns", level.Columns);
        });
        json.List("unreadable", outcome.Unreadable.Select(picture => picture.Name));
        json.WriteNumber("ignored_files", outcome.IgnoredCount);
        json.List("warnings", outcome.Warnings);
    });
}
