using GoNoGo.Evaluating;
using GoNoGo.Evaluation.Metrics;
using GoNoGo.Reports.Html;

namespace GoNoGo.Reports.Sections;

/// <summary>Every metric with its name in JSON output and its meaning; undefined ones with the reason.</summary>
internal static class MetricsSection
{
    public static void Write(HtmlBuilder html, EvaluationResult result)
    {
        html.Raw("<section>\n<h2>Metrics</h2>\n<table>\n<thead><tr><th>Metric</th><th>Name in JSON</th><th class=\"n\">Value</th><th>What it says</th></tr></thead>\n<tbody>\n");
        Group(html, $"Pictures: {result.ImageMetrics.Normals} good, {result.ImageMetrics.Defects} defective");
        Rows(html, result.ImageMetrics.Named);
        if (result.PixelMetrics is { } pixels)
        {
            string size = result.MapSize == "native" ? "at each picture's own size" : $"at map size {result.MapSize}";
            Group(html, $"Pixels {size}: {Display.Count(pixels.Images, "map")}, {Display.Count(pixels.RegionCount, "defect region")}, {Display.Percent((double)pixels.DefectPixels / Math.Max(1, pixels.DefectPixels + pixels.NormalPixels))} of the pixels defective");
            Rows(html, pixels.Named);
        }
        else
        {
            Group(html, "Pixels: no pixel metrics, because no picture has a mask");
        }

        html.Raw("</tbody>\n</table>\n</section>\n");
    }

    private static void Group(HtmlBuilder html, string title) =>
        html.Add($"<tr class=\"group\"><th colspan=\"4\" scope=\"colgroup\">{title}</th></tr>\n");

    private static void Rows(HtmlBuilder html, IEnumerable<KeyValuePair<string, MetricValue>> metrics)
    {
        foreach ((string name, MetricValue metric) in metrics)
        {
            (string title, string meaning) = Describe(name);
            html.Add($"<tr><td>{title}</td><td><code>{name}</code></td>");
            if (metric.Value is { } value)
            {
                string text = name is MetricNames.F1MaxThreshold or MetricNames.PixelF1MaxThreshold ? Display.Score(value) : Display.Metric(value);
                html.Add($"<td class=\"n\">{text}</td><td>{meaning}</td></tr>\n");
            }
            else
            {
                html.Add($"<td class=\"n soft\">undefined</td><td class=\"soft\">{metric.Reason}</td></tr>\n");
            }
        }
    }

    private static (string Title, string Meaning) Describe(string name) => name switch
    {
        MetricNames.Auroc => ("AUROC", "area under the ROC curve of the image scores; 0.5 is guessing"),
        MetricNames.AveragePrecision => ("Average precision", "mean precision over all recalls, as a step sum"),
        MetricNames.PrAuc => ("PR-AUC", "area under the precision-recall curve by the trapezoid rule"),
        MetricNames.F1Max => ("Best F1", "the largest F1 that any threshold reaches on these very pictures: an upper bound, not what the stored threshold does"),
        MetricNames.F1MaxThreshold => ("Threshold of best F1", "image score at which it is reached"),
        MetricNames.PixelAuroc => ("Pixel AUROC", "area under the ROC curve over all pixels; large areas of easy background raise it"),
        MetricNames.PixelAveragePrecision => ("Pixel average precision", "as for pictures, over all pixels; low where defects are small"),
        MetricNames.PixelPrAuc => ("Pixel PR-AUC", "by the trapezoid rule, over all pixels"),
        MetricNames.PixelF1Max => ("Best pixel F1", "the largest F1 over all thresholds on the map"),
        MetricNames.PixelF1MaxThreshold => ("Threshold of best pixel F1", "map value at which it is reached"),
        MetricNames.ProCoded => ("PRO as coded", "the arithmetic of the papers' released code, for comparison with their tables; no per-region overlap"),
        _ when name.StartsWith("aupro_", StringComparison.Ordinal) =>
            ("AU-PRO, limit " + name["aupro_".Length..], "mean overlap with each defect region up to that share of marked good pixels, scaled to 1"),
        _ => (name, ""),
    };
}
