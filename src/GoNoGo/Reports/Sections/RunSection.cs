using System.Globalization;
using GoNoGo.Evaluating;
using GoNoGo.Reports.Html;

namespace GoNoGo.Reports.Sections;

/// <summary>How long it took, with what, on what.</summary>
internal static class RunSection
{
    public static void Write(HtmlBuilder html, EvaluationResult result)
    {
        int pictures = result.Pictures.Count + result.Unreadable.Count;
        html.Raw("<section>\n<h2>Time and place</h2>\n<table>\n<tbody>\n");
        Row(html, "Scoring, reading the pictures included", Display.Time(result.ScoringTime) + (pictures > 0 ? $" for {Display.Count(pictures, "picture")}, {Display.Time(result.ScoringTime / pictures)} each" : ""));
        Row(html, "Metrics", Display.Time(result.MetricsTime));
        Row(html, "Processor", $"{MachineInfo.Processor}, {Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture)} logical");
        Row(html, "Software", $"GoNoGo {MachineInfo.Version}, {MachineInfo.Platform}");
        html.Raw("</tbody>\n</table>\n</section>\n");
        html.Add($"<footer>Made by GoNoGo {MachineInfo.Version}. Larger scores are more anomalous; a part is no-go if and only if its score is at least the threshold.</footer>\n");
    }

    private static void Row(HtmlBuilder html, string name, string value) =>
        html.Add($"<tr><td style=\"width:34%\">{name}</td><td class=\"wide\">{value}</td></tr>\n");
}
