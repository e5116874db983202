using System.Globalization;
using GoNoGo.Cli.Terminals;
using GoNoGo.Evaluating;
using GoNoGo.Evaluation.Metrics;
using GoNoGo.Evaluation.Thresholds;

namespace GoNoGo.Cli.Rendering;

/// <summary>Evaluations as tables: one column a model.</summary>
internal static class EvaluationText
{
    /// <summary>All metrics of a result, those without a value included.</summary>
    public static IReadOnlyList<KeyValuePair<string, MetricValue>> Metrics(EvaluationResult result) =>
        MetricList.Of(result.ImageMetrics, "", result.PixelMetrics, "the data set has no masks");

    public static void Show(IReadOnlyList<EvaluationResult> results, Terminal terminal)
    {
        EvaluationResult first = results[0];
        terminal.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"category '{first.Category}': {first.Pictures.Count} test pictures, {first.ImageMetrics.Normals} good, {first.ImageMetrics.Defects} defective"));
        terminal.Line();
        MetricTable(results, terminal);
        if (results.Any(result => result.Confusion is not null))
        {
            terminal.Line();
            VerdictTable(results, terminal);
        }

        if (results.Any(result => result.KindRecalls.Count > 0))
        {
            terminal.Line();
            KindTable(results, terminal);
        }

        Remarks(results, terminal);
    }

    private static void MetricTable(IReadOnlyList<EvaluationResult> results, Terminal terminal)
    {
        var table = new TextTable(["metric", .. Columns(results)]);
        IReadOnlyList<KeyValuePair<string, MetricValue>>[] metrics = [.. results.Select(Metrics)];
        for (int row = 0; row < metrics[0].Count; row++)
        {
            string name = metrics[0][row].Key;
            table.Add([name, .. metrics.Select(all => MetricList.Text(name, all[row].Value))]);
        }

        table.Add(["map size", .. results.Select(result => new Cell(result.MapSize))]);
        terminal.Table(table);
    }

    private static void VerdictTable(IReadOnlyList<EvaluationResult> results, Terminal terminal)
    {
        var table = new TextTable(["verdicts", .. Columns(results)]);
        Add("threshold", result => result.Threshold is { } threshold ? Format.Score(threshold) : "none");
        Add("defective judged no-go", result => result.Confusion is { } c ? Of(c.TruePositives, c.TruePositives + c.FalseNegatives) : "");
        Add("defective judged go (missed)", result => result.Confusion is { } c ? Of(c.FalseNegatives, c.TruePositives + c.FalseNegatives) : "");
        Add("good judged go", result => result.Confusion is { } c ? Of(c.TrueNegatives, c.TrueNegatives + c.FalsePositives) : "");
        Add("good judged no-go (false alarm)", result => result.Confusion is { } c ? Of(c.FalsePositives, c.TrueNegatives + c.FalsePositives) : "");
        Add("recall", result => Share(result.Confusion?.Recall));
        Add("precision", result => Share(result.Confusion?.Precision));
        Add("accuracy", result => Share(result.Confusion?.Accuracy));
        terminal.Table(table);

        void Add(string name, Func<EvaluationResult, string> cell) => table.Add([name, .. results.Select(result => new Cell(cell(result)))]);
    }

    private static void KindTable(IReadOnlyList<EvaluationResult> results, Terminal terminal)
    {
        var table = new TextTable(["recall per kind", ">parts", .. Columns(results)]);
        foreach (IGrouping<string, KindRecall> kind in results.SelectMany(result => result.KindRecalls).GroupBy(recall => recall.Kind).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            table.Add(
            [
                kind.Key, Format.Count(kind.Max(recall => recall.Count)),
                .. results.Select(result => RecallCell(result.KindRecalls.Where(recall => recall.Kind == kind.Key))),
            ]);
        }

        terminal.Table(table);
    }

    private static Cell RecallCell(IEnumerable<KindRecall> recalls)
    {
        foreach (KindRecall recall in recalls)
        {
            return new Cell(Format.Share(recall.Recall), recall.Found == recall.Count ? Tone.Good : recall.Found == 0 ? Tone.Bad : Tone.Plain);
        }

        return new Cell("", Tone.Dim);
    }

    private static void Remarks(IReadOnlyList<EvaluationResult> results, Terminal terminal)
    {
        IEnumerable<string> remarks = results.SelectMany(result => MetricList.Reasons(Metrics(result)).Concat(result.Notes)
            .Concat(result.Unreadable.Take(terminal.IsVerbose ? int.MaxValue : 3).Select(file => $"not readable: {file.Key}: {file.Value}")));
        bool any = false;
        foreach (string remark in remarks.Distinct())
        {
            terminal.Line((any ? "" : "\n") + "note: " + remark);
            any = true;
        }

        if (results.Any(result => result.Threshold is null))
        {
            terminal.Line("note: a model without a threshold gives no verdicts; set one with 'gonogo threshold MODEL --value X'.");
        }
    }

    private static IEnumerable<string> Columns(IReadOnlyList<EvaluationResult> results) =>
        results.Select(result => ">" + Path.GetFileNameWithoutExtension(result.ModelName));

    private static string Of(long part, long whole) => string.Create(CultureInfo.InvariantCulture, $"{part} of {whole}");

    private static string Share(MetricValue? value) => value?.Value is { } share ? Format.Share(share) : "undefined";
}
