using System.Globalization;
using GoNoGo.Cli.Terminals;
using GoNoGo.Evaluation.Metrics;
using GoNoGo.Evaluation.Metrics.Pixel;

namespace GoNoGo.Cli.Rendering;

/// <summary>All metrics by name, in the order of output: those that were not measured have a reason.</summary>
internal static class MetricList
{
    /// <summary>Metrics of image scores and of maps together, whichever there are.</summary>
    public static IReadOnlyList<KeyValuePair<string, MetricValue>> Of(
        ScoreMetrics? image, string whyNoImage, PixelMetricsResult? pixels, string whyNoPixels) =>
    [
        .. image?.Named ?? Undefined(
            whyNoImage, MetricNames.Auroc, MetricNames.AveragePrecision, MetricNames.PrAuc, MetricNames.F1Max, MetricNames.F1MaxThreshold),
        .. pixels?.Named ?? Undefined(
            whyNoPixels, MetricNames.PixelAuroc, MetricNames.PixelAveragePrecision, MetricNames.PixelPrAuc, MetricNames.PixelF1Max,
            MetricNames.PixelF1MaxThreshold, MetricNames.AuPro(0.3), MetricNames.AuPro(0.05), MetricNames.ProCoded),
    ];

    /// <summary>A metric for people: four decimals, six digits for a threshold, or a dash.</summary>
    public static Cell Text(string name, MetricValue metric) => metric.Value is not { } value ? new Cell("undefined", Tone.Dim)
        : name.EndsWith("threshold", StringComparison.Ordinal) ? value.ToString("G6", CultureInfo.InvariantCulture)
        : value.ToString("F4", CultureInfo.InvariantCulture);

    /// <summary>Why metrics are undefined: one line a reason.</summary>
    public static IEnumerable<string> Reasons(IEnumerable<KeyValuePair<string, MetricValue>> metrics) => metrics
        .Where(metric => metric.Value.Value is null)
        .GroupBy(metric => metric.Value.Reason)
        .Select(group => $"{string.Join(", ", group.Select(metric => metric.Key))}: undefined, {group.Key}.");

    private static IEnumerable<KeyValuePair<string, MetricValue>> Undefined(string reason, params string[] names) =>
        names.Select(name => new KeyValuePair<string, MetricValue>(name, MetricValue.Undefined(reason)));
}
