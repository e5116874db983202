using System.CommandLine;
using System.Globalization;
using GoNoGo.Cli.Parsing;
using GoNoGo.Cli.Rendering;
using GoNoGo.Cli.Terminals;
using GoNoGo.Evaluation.Metrics;
using GoNoGo.Scores;

namespace GoNoGo.Cli.Verbs;

/// <summary><c>gonogo metrics</c></summary>
internal sealed class MetricsVerb : Verb
{
    private const string NoScores = "no image scores were given (--scores)";
    private const string NoMaps = "no maps were given (--maps)";

    private readonly Option<string?> _scores = new("--scores") { HelpName = "FILE.csv", Description = "image scores: columns label (0/1 or good/bad; 1 = defective) and score (larger = more anomalous)" };
    private readonly Option<string?> _maps = new("--maps") { HelpName = "DIR", Description = "anomaly maps: NPY, safetensors, 32-bit float TIFF, or gray PNG or TIFF of 8 or 16 bits taken as integers" };
    private readonly Option<string?> _masks = new("--masks") { HelpName = "DIR", Description = "with --maps: masks, joined by relative path without extension, '_mask' ignored; no mask = normal picture" };
    private readonly Option<bool> _json = DataOptions.Json();

    public MetricsVerb()
        : base("metrics", "measures the scores or maps of anybody's model") => AddAll(_scores, _maps, _masks, _json);

    public override IReadOnlyList<string> Examples => ["metrics --scores results.csv", "metrics --maps out/maps --masks bottle/ground_truth --json"];

    public override int Run(ParseResult parsed, Session session)
    {
        string? scores = parsed.GetValue(_scores);
        string? maps = parsed.GetValue(_maps);
        string? masks = parsed.GetValue(_masks);
        bool json = parsed.GetValue(_json);
        switch (scores, maps, masks)
        {
            case ({ } file, null, null):
                MeasureScores(file, json, session.Terminal);
                return ExitCode.Done;
            case (null, { } mapFolder, { } maskFolder):
                MeasureMaps(mapFolder, maskFolder, json, session);
                return ExitCode.Done;
            default:
                throw new UsageException("give either --scores FILE.csv, or --maps DIR and --masks DIR; see 'gonogo metrics --help'.");
        }
    }

    private static void MeasureScores(string path, bool json, Terminal terminal)
    {
        ScoreFile file = ScoreFile.Read(path);
        ScoreMetrics metrics = ScoreMetrics.Compute(file.Scores, file.Labels);
        if (json)
        {
            terminal.Line(JsonText.Object(writer =>
            {
                writer.WriteNumber("good", metrics.Normals);
                writer.WriteNumber("defective", metrics.Defects);
                writer.Metrics(MetricList.Of(metrics, "", null, NoMaps), mapSize: null);
            }));
            return;
        }

        terminal.Line($"{path}: {Format.Count(metrics.Normals)} good, {Format.Count(metrics.Defects)} defective");
        Show([.. metrics.Named], terminal);
    }

    private static void MeasureMaps(string maps, string masks, bool json, Session session)
    {
        MapFolderResult result = session.Terminal.Count(
            "reading maps", progress => MapFolder.Measure(maps, masks, progress, session.Cancellation));
        if (json)
        {
            session.Terminal.Line(JsonText.Object(writer =>
            {
                writer.WriteNumber("maps", result.MapCount);
                writer.WriteNumber("masks", result.MaskCount);
                writer.WriteNumber("normal_pixels", result.Metrics.NormalPixels);
                writer.WriteNumber("defect_pixels", result.Metrics.DefectPixels);
                writer.WriteNumber("regions", result.Metrics.RegionCount);
                writer.Metrics(MetricList.Of(null, NoScores, result.Metrics, ""), result.MapSize);
                writer.List("notes", result.Notes);
            }));
            return;
        }

        session.Terminal.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"{maps}: {result.MapCount} maps, {result.MaskCount} with a mask, {result.Metrics.RegionCount} defect regions, map size {result.MapSize}"));
        Show([.. result.Metrics.Named], session.Terminal);
        foreach (string note in result.Notes)
        {
            session.Terminal.Log("gonogo: note: " + note);
        }
    }

    private static void Show(KeyValuePair<string, MetricValue>[] metrics, Terminal terminal)
    {
        var table = new TextTable("metric", ">value");
        foreach ((string name, MetricValue value) in metrics)
        {
            table.Add(name, MetricList.Text(name, value));
        }

        terminal.Table(table);
        foreach (string reason in MetricList.Reasons(metrics))
        {
            terminal.Line(reason);
        }
    }
}
