using System.Globalization;

namespace GoNoGo.Evaluation.Thresholds;

/// <summary>A threshold that a person sets.</summary>
public static class FixedThreshold
{
    /// <summary>The given value.</summary>
    /// <exception cref="ArgumentException">It is NaN or infinite.</exception>
    public static ThresholdChoice Of(float value) => float.IsFinite(value)
        ? new(value, "set by hand", null)
        : throw new ArgumentException(string.Create(
            CultureInfo.InvariantCulture, $"{nameof(FixedThreshold)}: value: expected a finite number, got {value}."));
}
