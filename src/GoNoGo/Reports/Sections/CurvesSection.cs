using GoNoGo.Evaluating;
using GoNoGo.Evaluation.Metrics.Pixel;
using GoNoGo.Reports.Charts;
using GoNoGo.Reports.Html;

namespace GoNoGo.Reports.Sections;

/// <summary>ROC, precision-recall and PRO curves.</summary>
internal static class CurvesSection
{
    private const string ImageColor = "#27405f";
    private const string PixelColor = "#c0731a";

    public static void Write(HtmlBuilder html, EvaluationResult result)
    {
        html.Raw("<section>\n<h2>Curves over all thresholds</h2>\n<div class=\"charts\">\n");
        Figure(html, "ROC", Roc(result), "Share of the defects found against share of the good refused. The further to the upper left, the better.");
        Figure(html, "Precision and recall", PrecisionRecall(result), "How many refused parts are really defective, as more and more defects are found. The further to the upper right, the better.");
        Figure(html, "PRO", Pro(result), "Mean share of each defect region that is marked, against the share of good pixels that is marked too. AU-PRO is the shaded area, scaled to 1.");
        html.Raw("</div>\n</section>\n");
    }

    private static void Figure(HtmlBuilder html, string title, CurveChart chart, string caption)
    {
        html.Add($"<figure><h3>{title}</h3>\n");
        if (chart.Series.Count > 0)
        {
            html.Add($"{chart.Draw()}\n");
        }
        else
        {
            html.Raw("<p class=\"soft\">Undefined here: the curve needs both good and defective samples, and for maps masks.</p>\n");
        }

        html.Add($"<figcaption class=\"caption\">{caption}</figcaption></figure>\n");
    }

    private static CurveChart Roc(EvaluationResult result) => new(
        "ROC curve", "false-positive rate", "true-positive rate", Series(result.RocCurve, result.PixelMetrics?.RocCurve))
    {
        HasDiagonal = true,
        Mark = result is { RocCurve.Count: > 0, Confusion: { FalseAlarmRate.Value: { } x, Recall.Value: { } y } } ? (x, y) : null,
    };

    private static CurveChart PrecisionRecall(EvaluationResult result) => new(
        "Precision-recall curve", "recall", "precision", Series(result.PrecisionRecallCurve, result.PixelMetrics?.PrecisionRecallCurve))
    {
        HasLegendAtLeft = true,
        Mark = result is { PrecisionRecallCurve.Count: > 0, Confusion: { Recall.Value: { } x, Precision.Value: { } y } } ? (x, y) : null,
    };

    private static CurveChart Pro(EvaluationResult result) => new(
        "PRO curve", "false-positive rate of pixels", "mean region overlap", Series([], result.PixelMetrics?.ProCurve))
    {
        ShadedUpTo = result.PixelMetrics is { AuPro.Count: > 0 } pixels ? pixels.AuPro[0].Key : null,
    };

    private static List<CurveSeries> Series(IReadOnlyList<CurvePoint> images, IReadOnlyList<CurvePoint>? pixels)
    {
        var series = new List<CurveSeries>();
        if (images.Count > 0)
        {
            series.Add(new CurveSeries("pictures", images, ImageColor));
        }

        if (pixels is { Count: > 0 })
        {
            series.Add(new CurveSeries("pixels", pixels, PixelColor, IsDashed: images.Count > 0));
        }

        return series;
    }
}
