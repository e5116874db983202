using GoNoGo.Detection.Models;
using GoNoGo.Evaluating;
using GoNoGo.Evaluation.Metrics;
using GoNoGo.Evaluation.Metrics.Pixel;
using GoNoGo.Evaluation.Thresholds;
using GoNoGo.Reports;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Tests.Reports;

/// <summary>Evaluation results made by hand, 16 x 12 maps.</summary>
internal static class SampleResult
{
    public const int Width = 16;
    public const int Height = 12;

    public static Manifest Manifest { get; } = new()
    {
        FormatVersion = 1,
        Detector = "vtadl",
        Options = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["depth"] = "3", ["size"] = "16" },
        Preprocessing = new Preprocessing { Width = Width, Height = Height },
        Category = "flange",
        Seed = 7,
        TrainingData = new TrainingData(80, 20, 24, "abc123", [256, 256], [256, 256], [3]),
        Training = new TrainingOutcome(40, 39, -0.25, "max-epochs"),
        MapWidth = Width,
        MapHeight = Height,
        ImageThreshold = new StoredThreshold(0.5f, "false-reject-rate", 0.01, "20 normal scores cannot support it."),
        PixelThreshold = new StoredThreshold(0.4f, "false-reject-rate", 0.01, null),
    };

    /// <summary>A result of pictures given as kind and score (<c>good</c> = a good part).</summary>
    public static EvaluationResult Of(
        IReadOnlyList<(string Kind, float Score)> scored, float? threshold = 0.5f, bool hasMasks = true, Func<int, string>? name = null)
    {
        JudgedPicture[] pictures =
        [
            .. scored.Select((entry, index) => new JudgedPicture(
                name?.Invoke(index) ?? $"test/{entry.Kind}/{index:D3}.png", entry.Kind != "good", entry.Kind, entry.Score, threshold is { } t ? entry.Score >= t : null)),
        ];
        float[] scores = [.. pictures.Select(picture => picture.Score)];
        byte[] labels = [.. pictures.Select(picture => picture.IsDefective ? (byte)1 : (byte)0)];
        bool hasBoth = labels.Contains((byte)0) && labels.Contains((byte)1);
        RocCurve? roc = hasBoth ? RocCurve.Compute(scores, labels) : null;
        return new EvaluationResult
        {
            ModelName = "flange.gonogo",
            Manifest = threshold is null ? Manifest with { ImageThreshold = null, PixelThreshold = null } : Manifest,
            Category = "flange",
            Notes = [],
            Pictures = pictures,
            Unreadable = [],
            ImageMetrics = ScoreMetrics.Compute(scores, labels),
            PixelMetrics = hasMasks ? Pixels(pictures) : null,
            MapSize = "16x12",
            RocCurve = roc is null ? [] : [.. roc.FalsePositiveRates.Select((x, i) => new CurvePoint(x, roc.TruePositiveRates[i], roc.Thresholds[i]))],
            PrecisionRecallCurve = hasBoth ? [new(0, 1, 9), new(1, 0.5, 0)] : [],
            Threshold = threshold,
            PixelThreshold = threshold is null ? null : 0.4f,
            HeatScale = threshold is null ? null : HeatScale.From(0.4f, [0.3f]),
            Confusion = threshold is { } limit ? ConfusionCounts.At(scores, labels, limit) : null,
            Showcase = [.. pictures.Select(picture => Show(picture, hasMasks))],
            ScoringTime = TimeSpan.FromSeconds(2),
            MetricsTime = TimeSpan.FromMilliseconds(30),
        };
    }

    public static EvaluationResult Usual() => Of([("good", 0.1f), ("good", 0.2f), ("good", 0.7f), ("scratch", 0.9f), ("scratch", 0.3f), ("dent", 2f)]);

    private static PixelMetricsResult Pixels(JudgedPicture[] pictures)
    {
        using var metrics = new PixelMetrics();
        foreach (JudgedPicture picture in pictures)
        {
            metrics.Add(Map(picture), Mask(picture), Width, Height);
        }

        return metrics.Compute();
    }

    private static ShowcasePicture Show(JudgedPicture picture, bool hasMasks)
    {
        ShowcaseGroup group = (picture.IsDefective, picture.IsNoGo ?? true) switch
        {
            (true, false) => ShowcaseGroup.Miss,
            (true, true) => ShowcaseGroup.Best,
            (false, true) => ShowcaseGroup.FalseAlarm,
            (false, false) => ShowcaseGroup.Good,
        };
        byte[] rgb = [.. Enumerable.Range(0, Width * Height * 3).Select(i => (byte)(i % 200))];
        return new ShowcasePicture(group, picture, rgb, Map(picture), hasMasks && picture.IsDefective ? Mask(picture) : null, Width, Height);
    }

    private static float[] Map(JudgedPicture picture) =>
        [.. Enumerable.Range(0, Width * Height).Select(i => (i % Width > 10 && picture.IsDefective ? picture.Score : 0.1f) + (i * 1e-4f))];

    private static byte[] Mask(JudgedPicture picture) =>
        [.. Enumerable.Range(0, Width * Height).Select(i => picture.IsDefective && i % Width > 9 ? (byte)1 : (byte)0)];
}
