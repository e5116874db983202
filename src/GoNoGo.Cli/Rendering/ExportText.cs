using System.Globalization;
using GoNoGo.Cli.Terminals;
using GoNoGo.Exporting;

namespace GoNoGo.Cli.Rendering;

/// <summary>What <c>gonogo export</c> wrote.</summary>
internal static class ExportText
{
    public static void Show(ExportOutcome outcome, Terminal terminal)
    {
        foreach (ExportedLevel level in outcome.Levels)
        {
            terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{outcome.Output}: {level.Level} [batch, {level.Width}, {level.Rows}, {level.Columns}], E = {level.Error:0.0e+00}"));
        }

        if (outcome.Data is not null)
        {
            terminal.Line($"{outcome.Output}: {Format.Bytes(outcome.Bytes)}{Beside(outcome.Data, outcome.DataBytes)}");
        }
    }

    public static void Show(ModelExportOutcome outcome, Terminal terminal) => terminal.Line(string.Create(
        CultureInfo.InvariantCulture,
        $"{outcome.Output}: {outcome.Detector}, {Format.Bytes(outcome.Bytes)}{Beside(outcome.Data, outcome.DataBytes)}, input [batch, {string.Join(", ", outcome.InputShape)}], score [batch] (E = {outcome.ScoreError:0.0e+00}), map [batch, {string.Join(", ", outcome.MapShape)}] (E = {outcome.MapError:0.0e+00})"));

    public static string Json(ModelExportOutcome outcome) => JsonText.Object(json =>
    {
        json.WriteString("output", outcome.Output);
        json.WriteNumber("bytes", outcome.Bytes);
        json.WriteString("data", outcome.Data);
        json.WriteNumber("data_bytes", outcome.DataBytes);
        json.WriteString("detector", outcome.Detector);
        json.WriteStartArray("input");
        foreach (int dimension in outcome.InputShape)
        {
            json.WriteNumberValue(dimension);
        }

        json.WriteEndArray();
        json.WriteStartArray("map");
        foreach (int dimension in outcome.MapShape)
        {
            json.WriteNumberValue(dimension);
        }

        json.WriteEndArray();
        json.Value("score_error", (double?)outcome.ScoreError);
        json.Value("map_error", (double?)outcome.MapError);
    });

    public static string Json(ExportOutcome outcome) => JsonText.Object(json =>
    {
        json.WriteString("output", outcome.Output);
        json.WriteNumber("bytes", outcome.Bytes);
        json.WriteString("data", outcome.Data);
        json.WriteNumber("data_bytes", outcome.DataBytes);
        json.Objects("levels", outcome.Levels, level =>
        {
            json.WriteString("level", level.Level);
            json.WriteNumber("width", level.Width);
            json.WriteNumber("rows", level.Rows);
            json.WriteNumber("columns", level.Columns);
            json.Value("error", (double?)level.Error);
        });
        json.List("warnings", outcome.Warnings);
    });

    private static string Beside(string? data, long bytes) => data is null ? "" : $" and {Format.Bytes(bytes)} in {data}";
}
