using GoNoGo.Detection.Models;
using GoNoGo.Evaluating;
using GoNoGo.Evaluation.Thresholds;
using GoNoGo.Training;

namespace GoNoGo.Models;

/// <summary>Reads and changes the thresholds of a model without training: every weight stays byte for byte the same.</summary>
public static class ThresholdEditor
{
    /// <summary>The threshold at a false-reject rate, from the held-out good pictures that the model stores.</summary>
    /// <param name="model">The model file.</param>
    /// <param name="falseRejectRate">Share of good parts that may be refused, 0 to 1.</param>
    /// <param name="pixel">The pixel threshold instead of the image threshold.</param>
    /// <exception cref="ModelException">The model holds no scores of good pictures.</exception>
    public static StoredThreshold FromFalseRejectRate(string model, double falseRejectRate, bool pixel)
    {
        Calibration calibration = ModelFile.ReadCalibration(model);
        float[] normals = pixel ? calibration.MapMaxima : calibration.Scores;
        return normals.Length == 0
            ? throw new ModelException($"the model '{model}' holds no scores of held-out good pictures; give the threshold with --value X.")
            : ThresholdRules.From(normals, falseRejectRate);
    }

    /// <summary>A threshold given by hand.</summary>
    public static StoredThreshold FromValue(float value) => new(FixedThreshold.Of(value).Value, "value", null, null);

    /// <summary>The cheapest image threshold on labelled test pictures.</summary>
    /// <param name="evaluation">What to judge on what.</param>
    /// <param name="costMiss">Cost of a defective part judged go.</param>
    /// <param name="costFalseAlarm">Cost of a good part judged no-go.</param>
    /// <param name="progress">Told the number of pictures judged and of all.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    public static StoredThreshold FromCosts(
        EvaluateRequest evaluation, double costMiss, double costFalseAlarm, Action<int, int>? progress = null, CancellationToken cancellation = default)
    {
        EvaluationResult result = Evaluator.Run(evaluation, progress, cancellation);
        CostThresholdChoice choice = CostThreshold.Compute(
            [.. result.Pictures.Select(picture => picture.Score)],
            [.. result.Pictures.Select(picture => picture.IsDefective ? (byte)1 : (byte)0)],
            costMiss,
            costFalseAlarm);
        return new StoredThreshold(choice.Choice.Value, "cost", null, choice.Choice.Note);
    }

    /// <summary>Writes a model with another threshold, atomically.</summary>
    /// <param name="model">The model file.</param>
    /// <param name="threshold">The new threshold.</param>
    /// <param name="pixel">The pixel threshold instead of the image threshold.</param>
    /// <param name="output">Where to; the model itself where null.</param>
    public static void Store(string model, StoredThreshold threshold, bool pixel, string? output = null)
    {
        Manifest manifest = ModelFile.ReadManifest(model);
        Manifest changed = pixel ? manifest with { PixelThreshold = threshold } : manifest with { ImageThreshold = threshold };
        ModelFile.Rewrite(model, output ?? model, changed);
    }
}
