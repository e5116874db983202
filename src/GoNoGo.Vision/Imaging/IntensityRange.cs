using System.Globalization;
using System.Text.Json.Serialization;

namespace GoNoGo.Vision.Imaging;

/// <summary>
/// The sample values that become black (0) and white (1); values outside are clamped. Without one the full scale of the depth is
/// used, of which the 12 bits of a camera in 16-bit files are a sixteenth.
/// </summary>
/// <param name="Black">The sample value that becomes 0, in the units of the pictures' samples.</param>
/// <param name="White">The sample value that becomes 1.</param>
/// <param name="BitDepth">Bits of the samples that the values count; pictures of another depth are refused. Null: not known, any depth.</param>
public sealed record IntensityRange(float Black, float White, int? BitDepth = null)
{
    /// <summary>The range as options have it: <c>120..4095@16</c>.</summary>
    [JsonIgnore]
    public string Text => string.Create(CultureInfo.InvariantCulture, $"{Black:R}..{White:R}{(BitDepth is { } bits ? $"@{bits}" : "")}");

    /// <summary>The largest sample value of a depth: 255, 65535, 1 for floats.</summary>
    public static float FullScale(int bitDepth) => bitDepth switch { 8 => byte.MaxValue, 16 => ushort.MaxValue, _ => 1 };

    /// <summary>Throws when the values are no range.</summary>
    /// <exception cref="ArgumentException">Black is not below white, or one of them is no number.</exception>
    public void Validate()
    {
        if (!(float.IsFinite(Black) && float.IsFinite(White) && Black < White && float.IsFinite(White - Black)))
        {
            throw new ArgumentException($"IntensityRange: black {Text} white, expected two numbers with black below white.");
        }
    }

    /// <summary>Throws when a picture's samples are not those that the values count.</summary>
    /// <exception cref="ImageFormatException">Another depth.</exception>
    internal void Require(int bitDepth)
    {
        if (BitDepth is { } own && own != bitDepth)
        {
            throw new ImageFormatException(string.Create(
                CultureInfo.InvariantCulture,
                $"the picture has {bitDepth}-bit samples, but the model's intensity range {Black:R}..{White:R} counts {own}-bit ones; give pictures of the depth it was trained on, or train with intensity=full."));
        }
    }
}
