using GoNoGo.Detection.Training;
using GoNoGo.Evaluating;
using GoNoGo.Training;

namespace GoNoGo.Demonstration;

/// <summary>Where the demo goes and what drives it.</summary>
/// <param name="OutputFolder">The folder for pictures, model and report; made where missing.</param>
public sealed record DemoRequest(string OutputFolder)
{
    /// <summary>Drives the drawing of the pictures and the training.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Whether an earlier demo is overwritten.</summary>
    public bool Force { get; init; }
}

/// <summary>Who watches the demo; called on the working thread, drawing from any thread.</summary>
public sealed record DemoObserver
{
    /// <summary>Told the number of pictures drawn and of all.</summary>
    public Action<int, int>? Drawing { get; init; }

    /// <summary>Told after every batch and epoch.</summary>
    public Action<TrainingProgress>? Training { get; init; }

    /// <summary>Told the number of pictures judged and of all.</summary>
    public Action<int, int>? Evaluating { get; init; }
}

/// <summary>What the demo made, and where to look.</summary>
/// <param name="DataFolder">The pictures.</param>
/// <param name="Model">The model file.</param>
/// <param name="Report">The page to open.</param>
/// <param name="HeatmapFolder">Heat maps of a few parts.</param>
/// <param name="Showcase">One picture with two or three parts: picture, heat map, mask.</param>
/// <param name="Training">How the training went.</param>
/// <param name="Evaluation">How well the model judges: image AUROC in the metrics, recall of each kind.</param>
/// <param name="Elapsed">Time of everything.</param>
public sealed record DemoResult(
    string DataFolder, string Model, string Report, string HeatmapFolder, string Showcase, TrainResult Training, EvaluationResult Evaluation, TimeSpan Elapsed);

/// <summary>How much a demo does; tests make it small.</summary>
/// <param name="Pictures">The pictures to draw; their seed is the request's.</param>
/// <param name="Options">The training options.</param>
internal sealed record DemoPlan(Vision.Datasets.Synthetic.ProductLineOptions Pictures, IReadOnlyList<string> Options)
{
    public static DemoPlan Default { get; } = new(DemoSettings.Pictures, DemoSettings.Options);
}
