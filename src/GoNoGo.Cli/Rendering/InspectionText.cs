using System.Globalization;
using System.Text.Json;
using GoNoGo.Cli.Terminals;
using GoNoGo.Inspecting;

namespace GoNoGo.Cli.Rendering;

/// <summary>How the findings of <c>inspect</c> are written.</summary>
internal enum InspectionFormat
{
    Text,
    Json,
    Csv,
}

/// <summary>Writes one finding a line, as each part is judged.</summary>
internal sealed class InspectionText(Terminal terminal, InspectionFormat format)
{
    private const string CsvHeader = "picture,verdict,image_score,threshold,display_score,heatmap,error,defect_count";

    /// <summary>The word for a verdict.</summary>
    public static string Verdict(bool isNoGo) => isNoGo ? "no-go" : "go";

    public void Begin()
    {
        if (format == InspectionFormat.Csv)
        {
            terminal.Line(CsvHeader);
        }
    }

    /// <summary>One finding, or a picture that could not be read.</summary>
    public void Write(InspectionOutcome outcome, string? heatmap, string? map)
    {
        switch (format)
        {
            case InspectionFormat.Json:
                terminal.Line(Json(outcome, heatmap, map));
                break;
            case InspectionFormat.Csv:
                terminal.Line(Csv(outcome, heatmap));
                break;
            default:
                Plain(outcome);
                break;
        }
    }

    private static string Json(InspectionOutcome outcome, string? heatmap, string? map) => JsonText.Object(json =>
    {
        Inspection? inspection = outcome.Inspection;
        json.WriteString("picture", outcome.Name);
        json.WriteString("verdict", inspection is null ? null : Verdict(inspection.Verdict == Inspecting.Verdict.NoGo));
        json.Value("image_score", inspection?.Score);
        json.Value("threshold", inspection?.Threshold);
        json.Value("display_score", inspection?.DisplayScore);
        json.WriteString("heatmap", heatmap);
        json.WriteString("map", map);
        json.WriteString("error", outcome.Error);
        Defects(json, inspection?.Defects);
    }, indented: false);

    private static void Defects(Utf8JsonWriter json, DefectList? defects)
    {
        if (defects is null)
        {
            json.WriteNull("defect_count");
            json.WriteNull("defects");
            return;
        }

        json.WriteNumber("defect_count", defects.Total);
        json.WriteStartArray("defects");
        foreach (Defect defect in defects)
        {
            json.WriteStartObject();
            json.WriteNumber("x", defect.X);
            json.WriteNumber("y", defect.Y);
            json.WriteNumber("width", defect.Width);
            json.WriteNumber("height", defect.Height);
            json.WriteNumber("area", defect.Area);
            json.Value("share", defect.Share);
            json.Value("peak", defect.Peak);
            json.WriteNumber("peak_x", defect.PeakX);
            json.WriteNumber("peak_y", defect.PeakY);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string Csv(InspectionOutcome outcome, string? heatmap)
    {
        string[] fields = outcome.Inspection is { } inspection
            ?
            [
                outcome.Name, Verdict(inspection.Verdict == Inspecting.Verdict.NoGo), inspection.Score.ToString("R", CultureInfo.InvariantCulture),
                inspection.Threshold.ToString("R", CultureInfo.InvariantCulture), inspection.DisplayScore.ToString("R", CultureInfo.InvariantCulture), heatmap ?? "", "",
                inspection.Defects?.Total.ToString(CultureInfo.InvariantCulture) ?? "",
            ]
            : [outcome.Name, "", "", "", "", "", outcome.Error ?? "", ""];
        return string.Join(',', fields.Select(Quoted));
    }

    private static string Quoted(string field) =>
        field.AsSpan().IndexOfAny(",\"\r\n") < 0 ? field : "\"" + field.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";

    private void Plain(InspectionOutcome outcome)
    {
        if (outcome.Inspection is not { } inspection)
        {
            terminal.Line(new Cell("damaged", Tone.Bad), $"  {outcome.Name}: {outcome.Error}");
            return;
        }

        bool noGo = inspection.Verdict == Inspecting.Verdict.NoGo;
        terminal.Line(
            new Cell(noGo ? "no-go  " : "go     ", noGo ? Tone.Bad : Tone.Good),
            string.Create(CultureInfo.InvariantCulture, $"  image score {Format.Score(inspection.Score),-12} {Math.Floor(inspection.DisplayScore),3:F0}/100  {outcome.Name}"));
        if (noGo && inspection.Defects is { } defects)
        {
            terminal.Line("         " + Where(defects));
        }
    }

    private static string Where(DefectList defects) => defects.Count == 0
        ? "no pixel reaches the pixel threshold"
        : string.Create(
            CultureInfo.InvariantCulture,
            $"{(defects.Total == 1 ? "1 defect" : $"{defects.Total} defects, the strongest")} {defects[0].Width} x {defects[0].Height} pixels at {defects[0].X},{defects[0].Y}, peak {Format.Score(defects[0].Peak)} at {defects[0].PeakX},{defects[0].PeakY}");
}
