using System.Globalization;
using GoNoGo.Detection.Options;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Detection.Detectors;

/// <summary>
/// The option <c>intensity</c>: <c>full</c>, <c>auto</c>, or <c>MIN..MAX</c> in sample values. Training turns <c>auto</c> into numbers and adds the
/// depth that the numbers count, <c>120..4095@16</c>: that is what a model stores, so that no inspection depends on other pictures.
/// </summary>
public static class IntensityOption
{
    /// <summary>The option's id.</summary>
    public const string Id = "intensity";

    /// <summary>The full scale of each picture's depth.</summary>
    public const string Full = "full";

    /// <summary>To be found from the pictures that are fitted.</summary>
    public const string Auto = "auto";

    /// <summary>The range that a value stands for; null where it is none.</summary>
    public static IntensityRange? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int? depth = null;
        int at = text.IndexOf('@', StringComparison.Ordinal);
        if (at >= 0)
        {
            if (!int.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int bits) || bits is not (8 or 16 or 32))
            {
                return null;
            }

            depth = bits;
            text = text[..at];
        }

        int dots = text.IndexOf("..", StringComparison.Ordinal);
        return dots > 0
            && float.TryParse(text.AsSpan(0, dots), NumberStyles.Float, CultureInfo.InvariantCulture, out float black)
            && float.TryParse(text.AsSpan(dots + 2), NumberStyles.Float, CultureInfo.InvariantCulture, out float white)
            && black < white && float.IsFinite(white - black)
            ? new IntensityRange(black, white, depth)
            : null;
    }

    /// <summary>The one written form of a value; null where it is not allowed.</summary>
    internal static string? Write(string text) =>
        text.Equals(Full, StringComparison.OrdinalIgnoreCase) ? Full
        : text.Equals(Auto, StringComparison.OrdinalIgnoreCase) ? Auto
        : Parse(text)?.Text;

    /// <summary>The range of an option set; null for full scale.</summary>
    /// <exception cref="OptionException">The value is still <c>auto</c>.</exception>
    internal static IntensityRange? Range(OptionSet options) => options[Id] switch
    {
        Full => null,
        Auto => throw new OptionException("intensity=auto stands for numbers that training finds from the pictures; give MIN..MAX here"),
        string text => Parse(text),
    };
}
