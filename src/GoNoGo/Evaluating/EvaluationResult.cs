using GoNoGo.Detection.Models;
using GoNoGo.Evaluation.Metrics;
using GoNoGo.Evaluation.Metrics.Pixel;
using GoNoGo.Evaluation.Thresholds;
using GoNoGo.Inspecting;
using GoNoGo.Reports;

namespace GoNoGo.Evaluating;

/// <summary>Everything that an evaluation found; plain numbers, ready for a page or JSON.</summary>
public sealed record EvaluationResult
{
    /// <summary>The model file's name (without folder).</summary>
    public required string ModelName { get; init; }

    /// <summary>What the model says about itself.</summary>
    public required Manifest Manifest { get; init; }

    /// <summary>The category judged.</summary>
    public required string Category { get; init; }

    /// <summary>What a reader must know; sentences.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Every test picture with its score, in data set order.</summary>
    public required IReadOnlyList<JudgedPicture> Pictures { get; init; }

    /// <summary>Test pictures that could not be read: name and reason. They are in no metric.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Unreadable { get; init; }

    /// <summary>Metrics of the image scores.</summary>
    public required ScoreMetrics ImageMetrics { get; init; }

    /// <summary>Metrics of the maps; null where no picture has a mask.</summary>
    public PixelMetricsResult? PixelMetrics { get; init; }

    /// <summary>The size at which pixel metrics were computed: <c>224x224</c>; <c>native</c>; or <c>tiles 512->224</c>: 224 map pixels to 512 of the picture.</summary>
    public required string MapSize { get; init; }

    /// <summary>ROC curve of the image scores (x false-positive rate, y recall).</summary>
    public required IReadOnlyList<CurvePoint> RocCurve { get; init; }

    /// <summary>Precision-recall curve of the image scores (x recall, y precision).</summary>
    public required IReadOnlyList<CurvePoint> PrecisionRecallCurve { get; init; }

    /// <summary>The threshold that verdicts were made with; null where the model has none.</summary>
    public float? Threshold { get; init; }

    /// <summary>The pixel threshold that colours heat maps; null where the model has none.</summary>
    public float? PixelThreshold { get; init; }

    /// <summary>The colours of heat maps; null where the model has no pixel threshold.</summary>
    public HeatScale? HeatScale { get; init; }

    /// <summary>Verdicts against the truth at the threshold.</summary>
    public ConfusionCounts? Confusion { get; init; }

    /// <summary>Recall of each kind of defect at the threshold.</summary>
    public IReadOnlyList<KindRecall> KindRecalls { get; init; } = [];

    /// <summary>Pictures kept for showing.</summary>
    public IReadOnlyList<ShowcasePicture> Showcase { get; init; } = [];

    /// <summary>Time of scoring, reading the pictures included.</summary>
    public required TimeSpan ScoringTime { get; init; }

    /// <summary>Time of the metrics.</summary>
    public required TimeSpan MetricsTime { get; init; }

    /// <summary>All metrics by their JSON names, in the order of the documentation.</summary>
    public IEnumerable<KeyValuePair<string, MetricValue>> NamedMetrics =>
        PixelMetrics is null ? ImageMetrics.Named : ImageMetrics.Named.Concat(PixelMetrics.Named);
}

/// <summary>One judged test picture.</summary>
/// <param name="Name">Its path relative to the data root.</param>
/// <param name="IsDefective">The truth.</param>
/// <param name="DefectKind">The kind of defect, <c>good</c> for a good part.</param>
/// <param name="Score">The image score; larger is more anomalous.</param>
/// <param name="IsNoGo">The verdict; null where there is no threshold.</param>
public sealed record JudgedPicture(string Name, bool IsDefective, string DefectKind, float Score, bool? IsNoGo)
{
    /// <summary>The largest value of its map where it is judged.</summary>
    public float LargestMapValue { get; init; }

    /// <summary>The largest value of its map in the mask of its defect; null without a mask that shows one at the map's size.</summary>
    public float? LargestInDefect { get; init; }

    /// <summary>The score for display, 0 to 100 with 50 at the threshold; null where there is no threshold.</summary>
    public double? DisplayScore { get; init; }
}

/// <summary>A picture to show: its pixels, its map and its mask, all at the map's size, reduced where that is above 1024.</summary>
/// <param name="Group">Why it is shown.</param>
/// <param name="Picture">Name, truth, score and verdict.</param>
/// <param name="Rgb">The picture as the model saw it, 8-bit RGB <c>[Height, Width, 3]</c>.</param>
/// <param name="Map">The anomaly map <c>[Height, Width]</c>; NaN where nothing is judged.</param>
/// <param name="Mask">The ground truth <c>[Height, Width]</c>, 0 or 1; null where there is none.</param>
/// <param name="Width">Pixels a row.</param>
/// <param name="Height">Rows.</param>
public sealed record ShowcasePicture(
    ShowcaseGroup Group, JudgedPicture Picture, byte[] Rgb, float[] Map, byte[]? Mask, int Width, int Height)
{
    /// <summary>Where the part looks defective, in pixels of the picture; null where the model has no pixel threshold.</summary>
    public DefectList? Defects { get; init; }

    /// <summary>The part of the picture that <see cref="Rgb"/> and <see cref="Map"/> show, in its pixels.</summary>
    public MapRegion Region { get; init; }
}

/// <summary>Why a picture is shown.</summary>
public enum ShowcaseGroup
{
    /// <summary>Defective parts with the largest scores.</summary>
    Best,

    /// <summary>Defective parts with the smallest scores.</summary>
    Worst,

    /// <summary>Good parts judged no-go (without a threshold: those with the largest scores).</summary>
    FalseAlarm,

    /// <summary>Defective parts judged go.</summary>
    Miss,

    /// <summary>Good parts judged go.</summary>
    Good,
}
