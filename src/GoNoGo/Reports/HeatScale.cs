using GoNoGo.Detection.Models;

namespace GoNoGo.Reports;

/// <summary>
/// The colour scale of a model's heat maps. It depends on the model alone and never on a picture, so that the same colour means
/// the same on all of them: the pixel threshold is in the middle, and the distance to both ends is four times its distance from
/// the median of the held-out good pictures' largest map values.
/// </summary>
/// <param name="Low">The map value at and below which nothing is coloured.</param>
/// <param name="Threshold">The pixel threshold: from here on a pixel counts as defective.</param>
/// <param name="High">The map value at and above which the colour is strongest.</param>
public readonly record struct HeatScale(float Low, float Threshold, float High)
{
    private const float SpreadsToEachEnd = 4;

    // Where no good picture says how far below the threshold normal is.
    private const float ShareOfThreshold = 1 / 8f;

    /// <summary>The scale of a model.</summary>
    /// <param name="pixelThreshold">The map value from which a pixel counts as defective.</param>
    /// <param name="normalMapMaxima">The largest map value of each held-out good picture; may be empty.</param>
    public static HeatScale From(float pixelThreshold, ReadOnlySpan<float> normalMapMaxima)
    {
        float[] sorted = normalMapMaxima.ToArray();
        Array.Sort(sorted);
        float spread = sorted.Length > 0 ? pixelThreshold - sorted[sorted.Length / 2] : 0;
        float reach = SpreadsToEachEnd * spread;
        if (!(pixelThreshold - reach < pixelThreshold && float.IsFinite(reach)))
        {
            reach = SpreadsToEachEnd * ShareOfThreshold * Math.Max(MathF.Abs(pixelThreshold), 1e-6f);
        }

        return new HeatScale(pixelThreshold - reach, pixelThreshold, pixelThreshold + reach);
    }

    /// <summary>The scale of a model; null where it has no pixel threshold.</summary>
    internal static HeatScale? Of(LoadedModel model) =>
        model.Manifest.PixelThreshold is { } threshold ? From(threshold.Value, model.Calibration.MapMaxima) : null;
}
