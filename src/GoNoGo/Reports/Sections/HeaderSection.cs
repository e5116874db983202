using GoNoGo.Evaluating;
using GoNoGo.Evaluation.Metrics;
using GoNoGo.Evaluation.Thresholds;
using GoNoGo.Reports.Html;

namespace GoNoGo.Reports.Sections;

/// <summary>What was judged, by which model, and what came out, in words that need no statistics.</summary>
internal static class HeaderSection
{
    public static void Write(HtmlBuilder html, EvaluationResult result, string title)
    {
        int defective = result.Pictures.Count(picture => picture.IsDefective);
        int good = result.Pictures.Count - defective;
        html.Raw("<header>\n<div class=\"eyebrow\">Inspection report</div>\n");
        html.Add($"<h1>{Display.Name(title)}</h1>\n");
        html.Add($"<div class=\"soft\">Model {Display.Name(result.ModelName)}, detector {result.Manifest.Detector}, trained on {Display.Count(result.Manifest.TrainingData.FitCount, "good picture")}; judged on {Display.Count(result.Pictures.Count, "test picture")}, {good} good and {defective} defective.</div>\n");
        if (result.Confusion is { } confusion)
        {
            WriteVerdicts(html, confusion);
        }
        else
        {
            html.Raw("<p class=\"lead\">The model has no threshold, so there are no verdicts: this report shows how well the scores separate good parts from defective ones.</p>\n");
        }

        WriteHeadlines(html, result);
        WriteNotes(html, result);
        html.Raw("</header>\n");
    }

    private static void WriteVerdicts(HtmlBuilder html, ConfusionCounts counts)
    {
        long defective = counts.TruePositives + counts.Misses;
        long good = counts.TrueNegatives + counts.FalseAlarms;
        html.Raw("<p class=\"lead\">");
        if (defective > 0)
        {
            html.Add($"The model found {counts.TruePositives} of {Display.Count(defective, "defective part")}");
            html.Add($"{(good > 0 ? $" and refused {counts.FalseAlarms} of {Display.Count(good, "good part")}" : "")}.");
        }
        else
        {
            html.Add($"The model refused {counts.FalseAlarms} of {Display.Count(good, "good part")}.");
        }

        html.Raw("</p>\n<div class=\"tiles\">\n");
        Tile(html, "good", "Judged go", counts.TrueNegatives + counts.Misses, $"of which {Display.Count(counts.Misses, "missed defect")}");
        Tile(html, "bad", "Judged no-go", counts.TruePositives + counts.FalseAlarms, $"of which {Display.Count(counts.FalseAlarms, "false alarm")}");
        Tile(html, "plain", "Defects found", counts.TruePositives, $"of {defective}: {Display.Percent(counts.Recall)}");
        Tile(html, "plain", "Good parts refused", counts.FalseAlarms, $"of {good}: {Display.Percent(counts.FalseAlarmRate)}");
        html.Raw("</div>\n");
    }

    private static void Tile(HtmlBuilder html, string kind, string label, long value, string more) =>
        html.Add($"<div class=\"tile {kind}\"><div class=\"label\">{label}</div><b>{value}</b><div class=\"more\">{more}</div></div>\n");

    private static void WriteHeadlines(HtmlBuilder html, EvaluationResult result)
    {
        html.Raw("<table>\n<tbody>\n");
        Headline(html, "Image AUROC", result.ImageMetrics.Auroc, value =>
            $"Of one good and one defective part picked at random, the defective one has the higher score in {Display.Percent(value)} of cases. 1 is perfect, 0.5 is guessing; no threshold is involved.");
        if (result.PixelMetrics is { } pixels)
        {
            Headline(html, "Pixel AUROC", pixels.Auroc, value =>
                $"The same for single pixels: a defective pixel has the higher map value than a good one in {Display.Percent(value)} of cases.");
            foreach ((double limit, MetricValue metric) in pixels.AuPro.Take(1))
            {
                Headline(html, FormattableString.Invariant($"AU-PRO at {limit}"), metric, _ =>
                    $"How much of each defect the map covers, small and large defects counting alike, while at most {Display.Percent(limit)} of the good pixels are marked. 1 is perfect.");
            }
        }

        html.Raw("</tbody>\n</table>\n");
    }

    private static void Headline(HtmlBuilder html, string name, MetricValue metric, Func<double, string> explain)
    {
        html.Add($"<tr><th scope=\"row\" style=\"width:130px\">{name}</th><td class=\"n\" style=\"width:80px\">");
        if (metric.Value is { } value)
        {
            html.Add($"<b>{Display.Metric(value)}</b></td><td>{explain(value)}</td></tr>\n");
        }
        else
        {
            html.Add($"<span class=\"soft\">undefined</span></td><td>{metric.Reason}</td></tr>\n");
        }
    }

    private static void WriteNotes(HtmlBuilder html, EvaluationResult result)
    {
        var notes = new List<string>(result.Notes);
        if (result.Confusion is not null && result.Threshold == result.Manifest.ImageThreshold?.Value && result.Manifest.ImageThreshold?.Note is { } note)
        {
            notes.Add(note);
        }

        if (notes.Count == 0 && result.Unreadable.Count == 0)
        {
            return;
        }

        html.Raw("<div class=\"notes\"><b>To keep in mind</b>\n<ul>\n");
        foreach (string text in notes)
        {
            html.Add($"<li>{Sentence(PathText.WithoutFolders(text))}</li>\n");
        }

        foreach ((string name, string reason) in result.Unreadable)
        {
            html.Add($"<li>Not read: {Display.Name(name)}. {Sentence(PathText.WithoutFolders(reason))}</li>\n");
        }

        html.Raw("</ul></div>\n");
    }

    private static string Sentence(string text) =>
        text.Length > 0 ? char.ToUpperInvariant(text[0]) + text[1..] + (text.EndsWith('.') ? "" : ".") : text;
}
