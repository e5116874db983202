using System.Diagnostics;
using GoNoGo.Evaluating;
using GoNoGo.Inspecting;
using GoNoGo.Reports;
using GoNoGo.Tensors.Formats;
using GoNoGo.Training;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Datasets.Synthetic;

namespace GoNoGo.Demonstration;

/// <summary>
/// Everything once, without any download: draws the pictures of a sample product line, trains a VT-ADL sized for it, judges the
/// test pictures, and writes report and heat maps.
/// </summary>
public static class Demo
{
    private const string Title = "Sample product line";
    private const int ShownOfEachGroup = 6;
    private const int HeatmapsOfEachKind = 2;

    /// <summary>Runs the demo.</summary>
    /// <param name="request">Where it goes.</param>
    /// <param name="observer">Who watches.</param>
    /// <param name="cancellation">Stops between two pictures or batches.</param>
    /// <exception cref="FileWriteException">An earlier demo is there and may not be overwritten, or the folder cannot be written to.</exception>
    /// <exception cref="DatasetException">A folder for pictures cannot be made.</exception>
    public static DemoResult Run(DemoRequest request, DemoObserver? observer = null, CancellationToken cancellation = default) =>
        Run(request, DemoPlan.Default, observer ?? new DemoObserver(), cancellation);

    internal static DemoResult Run(DemoRequest request, DemoPlan plan, DemoObserver observer, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        var clock = Stopwatch.StartNew();
        string data = Path.Combine(request.OutputFolder, "data");
        string model = Path.Combine(request.OutputFolder, "model.gonogo");
        string report = Path.Combine(request.OutputFolder, "report");
        string heatmaps = Path.Combine(request.OutputFolder, "heatmaps");
        string showcase = Path.Combine(request.OutputFolder, "showcase.png");
        RequireFree([data, model, report, heatmaps, showcase], request.Force);
        OutputFile.RequireFolder(request.OutputFolder);

        ProductLineOptions pictures = plan.Pictures with { Seed = DemoData.FoldSeed(request.Seed) };
        DemoData.Write(data, pictures, observer, cancellation);
        TrainResult training = Trainer.Run(
            new TrainRequest(data, model) { Settings = plan.Options, Seed = request.Seed, Force = request.Force }, observer.Training, cancellation);
        EvaluationResult evaluation = Evaluator.Run(
            new EvaluateRequest(model, data) { ShowcaseCount = ShownOfEachGroup }, observer.Evaluating, cancellation);
        string page = HtmlReport.Write(evaluation, report, request.Force, Title);
        WriteHeatmaps(model, heatmaps, DemoData.Samples(data, pictures, HeatmapsOfEachKind), request.Force, cancellation);
        ShowcaseSheet.Write(evaluation, data, showcase);
        return new DemoResult(data, model, page, heatmaps, showcase, training, evaluation, clock.Elapsed);
    }

    private static void RequireFree(string[] outputs, bool mayOverwrite)
    {
        if (!mayOverwrite && outputs.FirstOrDefault(Path.Exists) is { } existing)
        {
            throw new FileWriteException($"'{existing}' exists; give another folder with --output, or add --force to overwrite an earlier demo.");
        }
    }

    private static void WriteHeatmaps(string model, string folder, string[] pictures, bool overwrite, CancellationToken cancellation)
    {
        using Inspector inspector = Inspector.Load(model);
        HeatmapWriter writer = HeatmapWriter.Open(folder, pictures, inspector, overwrite);
        foreach (InspectionOutcome outcome in inspector.InspectAll(pictures, cancellation))
        {
            writer.Write(outcome);
        }
    }
}
