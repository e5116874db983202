using System.CommandLine;
using System.Globalization;
using GoNoGo.Cli.Parsing;
using GoNoGo.Cli.Rendering;
using GoNoGo.Cli.Terminals;
using GoNoGo.Demonstration;

namespace GoNoGo.Cli.Verbs;

/// <summary><c>gonogo demo</c></summary>
internal sealed class DemoVerb : Verb
{
    private const string DefaultFolder = "gonogo-demo";

    private readonly Option<string?> _output = new("--output") { HelpName = "DIR", Description = $"folder for pictures, model and report (default: {DefaultFolder})" };
    private readonly Option<ulong?> _seed = Numbers.Seed("seed of the sample product line (default: 1)");
    private readonly Option<bool> _force = DataOptions.Force("overwrite an earlier demo");

    public DemoVerb()
        : base("demo", "makes a sample product line, trains on it, evaluates and writes a report; about two minutes on 2 cores") =>
        AddAll(_output, _seed, _force);

    public override IReadOnlyList<string> Examples => ["demo", "demo --output try --seed 3"];

    public override int Run(ParseResult parsed, Session session)
    {
        var request = new DemoRequest(parsed.GetValue(_output) ?? DefaultFolder) { Force = parsed.GetValue(_force) };
        request = request with { Seed = parsed.GetValue(_seed) ?? request.Seed };
        try
        {
            DemoResult result = session.Terminal.Progress("demo", view => Demo.Run(request, Observer(view), session.Cancellation));
            Show(result, session.Terminal);
            return ExitCode.Done;
        }
        catch (OperationCanceledException) when (session.Cancellation.IsCancellationRequested)
        {
            throw new InterruptedException($"interrupted; begin anew with: {CommandText.Of(session.Args, "--force")}");
        }
    }

    /// <summary>The stages' shares of the bar, as measured on two cores.</summary>
    private static DemoObserver Observer(IProgressView view)
    {
        var drawing = new StageProgress(view, "drawing pictures", 0, 0.05);
        var training = new TrainingText(new StageProgress(view, "training", 0.05, 0.95), maxMinutes: null);
        var evaluating = new StageProgress(view, "evaluating", 0.95, 1);
        return new DemoObserver { Drawing = drawing.Count, Training = training.Report, Evaluating = evaluating.Count };
    }

    private static void Show(DemoResult result, Terminal terminal)
    {
        EvaluationText.Show([result.Evaluation], terminal);
        var table = new TextTable("", "");
        table.Add("report", result.Report);
        table.Add("one picture of it", result.Showcase);
        table.Add("heat maps", result.HeatmapFolder);
        table.Add("model", result.Model);
        table.Add("pictures", result.DataFolder);
        table.Add("time", string.Create(CultureInfo.InvariantCulture, $"{Rate.Duration(result.Elapsed)} with {Tensors.Parallel.Workers.ThreadCount} threads"));
        terminal.Line();
        terminal.Table(table);
        terminal.Log($"next: {CommandText.Of(["inspect", result.Model, Path.Combine(result.DataFolder, "test", "scratch")])}");
    }
}
