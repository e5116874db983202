namespace GoNoGo;

/// <summary>
/// Scores for display, 0 to 100 with 50 at the threshold: <c>100 / (1 + exp(-(score - threshold) / unit))</c>, where the unit is half the
/// distance between the threshold and the middle of the held-out good pictures' scores: there a good part shows about 12.
/// Raw scores stay raw; the scale follows the threshold without training.
/// </summary>
/// <param name="Threshold">The score that shows as 50.</param>
/// <param name="Unit">What one step of the logistic curve is in scores, above 0.</param>
public readonly record struct DisplayScale(float Threshold, double Unit)
{
    /// <summary>The scale of a threshold and the scores of held-out good pictures (of which there may be none: the unit is 1 then).</summary>
    public static DisplayScale Of(ReadOnlySpan<float> normals, float threshold)
    {
        float[] sorted = normals.ToArray();
        Array.Sort(sorted);
        double distance = sorted.Length > 0 ? (double)threshold - sorted[sorted.Length / 2] : 0;
        return new DisplayScale(threshold, distance > 0 && double.IsFinite(distance) ? distance / 2 : 1);
    }

    /// <summary>What a score shows as. It rises with the score; from 50 on, and only then, a part is no-go.</summary>
    public double Of(float score)
    {
        double shown = 100 / (1 + Math.Exp(-(score - (double)Threshold) / Unit));
        // Just below the threshold the curve may round to 50, which says no-go.
        return score < Threshold ? Math.Min(shown, Math.BitDecrement(50d)) : shown;
    }
}
