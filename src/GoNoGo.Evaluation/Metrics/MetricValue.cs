using System.Globalization;

namespace GoNoGo.Evaluation.Metrics;

/// <summary>
/// The value of a metric, or the reason why it has none. An undefined metric is never 0 and never NaN: a mean over
/// categories must not swallow it silently.
/// </summary>
/// <param name="Value">The value, or null.</param>
/// <param name="Reason">Null, or one sentence that says why there is no value.</param>
public readonly record struct MetricValue(double? Value, string? Reason)
{
    internal const string NoSamples = "there are no samples";
    internal const string NoDefects = "there are no defective samples";
    internal const string NoNormals = "there are no normal samples";

    /// <summary>A metric that has a value.</summary>
    public static MetricValue Of(double value) => new(value, null);

    /// <summary>A metric that has none, and why.</summary>
    public static MetricValue Undefined(string reason) => new(null, reason);

    /// <summary>The value with six decimals, or "undefined (reason)".</summary>
    public override string ToString() =>
        Value is { } value ? value.ToString("F6", CultureInfo.InvariantCulture) : $"undefined ({Reason})";

    /// <summary>Why a metric that needs both classes is undefined, or null.</summary>
    internal static string? WhyNotBothClasses(long normals, long defects) =>
        normals + defects == 0 ? NoSamples : defects == 0 ? NoDefects : normals == 0 ? NoNormals : null;

    /// <summary>Why a metric that needs defective samples is undefined, or null.</summary>
    internal static string? WhyNoDefects(long normals, long defects) =>
        normals + defects == 0 ? NoSamples : defects == 0 ? NoDefects : null;
}
