using GoNoGo.Evaluating;
using GoNoGo.Evaluation.Metrics;
using GoNoGo.Reports.Charts;
using GoNoGo.Reports.Html;
using GoNoGo.Vision.Datasets;

namespace GoNoGo.Reports.Sections;

/// <summary>How the scores lie: histogram, and each kind of defect by itself.</summary>
internal static class ScoresSection
{
    public static void Write(HtmlBuilder html, EvaluationResult result)
    {
        float[] good = [.. result.Pictures.Where(picture => !picture.IsDefective).Select(picture => picture.Score)];
        float[] defective = [.. result.Pictures.Where(picture => picture.IsDefective).Select(picture => picture.Score)];
        ScoreAxis axis = ScoreAxis.Of(result.Pictures.Select(picture => picture.Score), result.Threshold);
        html.Raw("<section>\n<h2>Scores</h2>\n<p>Each picture has one score; the larger, the more anomalous. Number of parts at each score:</p>\n");
        html.Add($"<figure>{HistogramChart.Draw(good, defective, result.Threshold, axis)}</figure>\n");
        html.Raw("<h3>By kind of defect</h3>\n<table>\n<thead><tr><th>Kind</th><th class=\"n\">Parts</th><th class=\"n\">No-go</th><th class=\"n\">Recall</th><th class=\"n\">AUROC</th><th class=\"n\">Lowest</th><th class=\"n\">Median</th><th class=\"n\">Highest</th><th>Scores (dashed: threshold)</th></tr></thead>\n<tbody>\n");
        foreach (IGrouping<string, JudgedPicture> kind in result.Pictures.Where(picture => picture.IsDefective).GroupBy(picture => picture.DefectKind).OrderBy(kind => kind.Key, StringComparer.Ordinal))
        {
            Row(html, kind.Key, [.. kind], good, result.Threshold, axis);
        }

        if (good.Length > 0)
        {
            Row(html, DatasetItem.GoodKind, [.. result.Pictures.Where(picture => !picture.IsDefective)], good, result.Threshold, axis);
        }

        html.Raw("</tbody>\n</table>\n<p class=\"caption\">AUROC of a kind: its parts against all good parts.</p>\n</section>\n");
    }

    private static void Row(HtmlBuilder html, string kind, JudgedPicture[] pictures, float[] good, float? threshold, ScoreAxis axis)
    {
        bool isGood = !pictures[0].IsDefective;
        float[] scores = [.. pictures.Select(picture => picture.Score).Order()];
        int found = pictures.Count(picture => picture.IsNoGo == true);
        bool isJudged = threshold is not null;
        html.Add($"<tr class=\"middle\"><td class=\"wide\">{Display.Name(kind)}</td><td class=\"n\">{scores.Length}</td><td class=\"n\">{(isJudged ? Display.Plain(found) : "-")}</td>");
        html.Add($"<td class=\"n\">{(isJudged && !isGood ? Display.Percent((double)found / scores.Length) : "-")}</td><td class=\"n\">{(isGood || good.Length == 0 ? "-" : Auroc(good, scores))}</td>");
        html.Add($"<td class=\"n\">{Display.Score(scores[0])}</td><td class=\"n\">{Display.Score(Median(scores))}</td><td class=\"n\">{Display.Score(scores[^1])}</td>");
        html.Add($"<td>{StripChart.Draw("Scores of " + kind, scores, threshold, axis, isGood)}</td></tr>\n");
    }

    private static double Median(float[] sorted) => ((double)sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;

    private static string Auroc(float[] good, float[] defective)
    {
        byte[] labels = [.. good.Select(_ => (byte)0), .. defective.Select(_ => (byte)1)];
        MetricValue area = Evaluation.Metrics.Auroc.Compute([.. good, .. defective], labels);
        return area.Value is { } value ? Display.Metric(value) : "-";
    }
}
