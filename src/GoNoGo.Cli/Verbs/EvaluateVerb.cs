using System.CommandLine;
using GoNoGo.Cli.Parsing;
using GoNoGo.Cli.Rendering;
using GoNoGo.Evaluating;

namespace GoNoGo.Cli.Verbs;

/// <summary><c>gonogo evaluate</c></summary>
internal sealed class EvaluateVerb : Verb
{
    private const string Native = "native";
    private const int Shown = 8;

    private readonly Argument<string[]> _models = new("MODEL") { Description = "one model file, or two to compare side by side", Arity = new ArgumentArity(1, 2) };
    private readonly Option<string?> _data = DataOptions.Data(required: true);
    private readonly Option<string?> _category = DataOptions.Category("category (default: the model's, where the data set has it)");
    private readonly Option<string?> _layout = DataOptions.Layout();
    private readonly Option<string?> _weights = FeatureSelection.Weights(FeatureSelection.OfModel);
    private readonly Option<string?> _mapSize = new("--map-size") { HelpName = "native", Description = "pixel metrics at each picture's own size instead of the model's map size" };
    private readonly Option<string?> _report = new("--report") { HelpName = "DIR", Description = "write a report with curves and heat maps: one HTML page that opens offline" };
    private readonly Option<bool> _force = DataOptions.Force("overwrite an existing report");
    private readonly Option<bool> _json = DataOptions.Json();

    public EvaluateVerb()
        : base("evaluate", "judges the test pictures of a data set and measures how well")
    {
        Add(_models);
        AddAll(_data, _category, _layout, _weights, _mapSize, _report, _force, _json);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "evaluate bottle.gonogo --data bottle --report bottle-report",
        "evaluate old.gonogo new.gonogo --data bottle --json",
    ];

    public override int Run(ParseResult parsed, Session session)
    {
        string[] models = parsed.GetRequiredValue(_models);
        string? report = parsed.GetValue(_report);
        bool force = parsed.GetValue(_force);
        string?[] folders = [.. models.Select((model, index) => ReportFolders.Of(report, models, index))];
        foreach (string? folder in folders)
        {
            ReportFolders.Require(folder, force);
        }

        EvaluationResult[] results = [.. models.Select(model => Evaluate(model, parsed, session))];
        string?[] pages = [.. results.Select((result, index) => ReportFolders.Write(result, folders[index], force))];
        if (parsed.GetValue(_json))
        {
            session.Terminal.Line(EvaluationJson.Text(results, pages));
            return ExitCode.Done;
        }

        EvaluationText.Show(results, session.Terminal);
        foreach (string page in pages.OfType<string>())
        {
            session.Terminal.Line();
            session.Terminal.Line($"report: {page}");
        }

        return ExitCode.Done;
    }

    private EvaluationResult Evaluate(string model, ParseResult parsed, Session session)
    {
        string? mapSize = parsed.GetValue(_mapSize);
        if (mapSize is not (null or Native))
        {
            throw new UsageException($"--map-size does not take '{mapSize}'; leave it out for the model's map size, or give {Native}.");
        }

        var request = new EvaluateRequest(model, parsed.GetRequiredValue(_data)!)
        {
            Category = parsed.GetValue(_category),
            Layout = parsed.GetValue(_layout),
            Weights = parsed.GetValue(_weights),
            NativeMapSize = mapSize == Native,
            ShowcaseCount = parsed.GetValue(_report) is null ? 0 : Shown,
        };
        return session.Terminal.Count($"judging with {Path.GetFileName(model)}", progress => Evaluator.Run(request, progress, session.Cancellation));
    }
}
