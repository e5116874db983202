using GoNoGo.Detection.Models;
using GoNoGo.Evaluation.Thresholds;

namespace GoNoGo.Training;

/// <summary>Stored thresholds from what the held-out good pictures scored.</summary>
internal static class ThresholdRules
{
    /// <summary>The rule's name in a manifest.</summary>
    public const string FalseRejectRate = "false-reject-rate";

    /// <summary>Image and pixel threshold at a false-reject rate; null where no good pictures were held out.</summary>
    /// <remarks>A pixel threshold at rate R leaves at least 1 - R of good pictures without a single marked pixel.</remarks>
    public static (StoredThreshold? Image, StoredThreshold? Pixel) FromNormals(Calibration calibration, double rate, List<string> notes)
    {
        if (calibration.Scores.Length == 0)
        {
            notes.Add("no good pictures were held out, so the model has no threshold; set one with 'gonogo threshold MODEL --value X'.");
            return (null, null);
        }

        StoredThreshold image = From(calibration.Scores, rate);
        if (image.Note is { } note)
        {
            notes.Add(note);
        }

        return (image, From(calibration.MapMaxima, rate));
    }

    /// <summary>One threshold at a false-reject rate.</summary>
    public static StoredThreshold From(float[] normals, double rate)
    {
        ThresholdChoice choice = FalseRejectThreshold.Compute(normals, rate);
        return new StoredThreshold(choice.Value, FalseRejectRate, rate, choice.Note);
    }
}
