using GoNoGo.Evaluating;
using GoNoGo.Evaluation.Metrics;
using GoNoGo.Reports.Html;

namespace GoNoGo.Reports.Sections;

/// <summary>Verdicts against the truth at the threshold.</summary>
internal static class ConfusionSection
{
    public static void Write(HtmlBuilder html, EvaluationResult result)
    {
        if (result is not { Confusion: { } counts, Threshold: { } threshold })
        {
            return;
        }

        html.Add($"<section>\n<h2>Verdicts at the threshold</h2>\n<p>A part is no-go if and only if its image score is at least {Display.Score(threshold)}.</p>\n<div class=\"columns\">\n");
        html.Raw("<table class=\"confusion\">\n<thead><tr><th></th><th>judged go</th><th>judged no-go</th></tr></thead>\n<tbody>\n");
        long good = counts.TrueNegatives + counts.FalseAlarms;
        long defective = counts.TruePositives + counts.Misses;
        html.Raw("<tr><th scope=\"row\">good part</th>");
        Cell(html, "right", counts.TrueNegatives, good, "rightly accepted");
        Cell(html, "wrong", counts.FalseAlarms, good, "false alarms");
        html.Raw("</tr>\n<tr><th scope=\"row\">defective part</th>");
        Cell(html, "wrong", counts.Misses, defective, "missed");
        Cell(html, "right", counts.TruePositives, defective, "found");
        html.Raw("</tr>\n</tbody>\n</table>\n<table>\n<tbody>\n");
        Row(html, "Recall", counts.Recall, "of the defective parts are found");
        Row(html, "Precision", counts.Precision, "of the refused parts are defective");
        Row(html, "False-alarm rate", counts.FalseAlarmRate, "of the good parts are refused");
        Row(html, "Accuracy", counts.Accuracy, "of all parts are judged rightly");
        Row(html, "F1", counts.F1, "is the harmonic mean of recall and precision");
        html.Raw("</tbody>\n</table>\n</div>\n</section>\n");
    }

    private static void Cell(HtmlBuilder html, string kind, long count, long all, string what) =>
        html.Add($"<td class=\"{kind}\"><b>{count}</b>{what}{(all > 0 ? ", " + Display.Percent((double)count / all) : "")}</td>");

    private static void Row(HtmlBuilder html, string name, MetricValue metric, string meaning) =>
        html.Add($"<tr><th scope=\"row\">{name}</th><td class=\"n\">{Display.Percent(metric)}</td><td>{metric.Reason ?? meaning}</td></tr>\n");
}
