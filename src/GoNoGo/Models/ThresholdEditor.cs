using System.Globalization;
using GoNoGo.Detection.Models;
using GoNoGo.Evaluating;
using GoNoGo.Evaluation.Thresholds;
using GoNoGo.Tensors.Formats;
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

    /// <summary>How many held-out good pictures a model can be calibrated on.</summary>
    /// <exception cref="ModelException">The file cannot be used as a model.</exception>
    public static int CalibrationCount(string model) => ModelFile.ReadCalibration(model).Scores.Length;

    /// <summary>A threshold given by hand.</summary>
    public static StoredThreshold FromValue(float value) => new(FixedThreshold.Of(value).Value, "value", null, null);

    /// <summary>The cheapest image threshold on labelled test pictures.</summary>
    /// <param name="evaluation">What to judge on what.</param>
    /// <param name="costMiss">Cost of a defective part judged go.</param>
    /// <param name="costFalseAlarm">Cost of a good part judged no-go.</param>
    /// <param name="progress">Told the number of pictures judged and of all.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <exception cref="ModelException">There are no test pictures of both kinds.</exception>
    public static StoredThreshold FromCosts(
        EvaluateRequest evaluation, double costMiss, double costFalseAlarm, Action<int, int>? progress = null, CancellationToken cancellation = default)
    {
        EvaluationResult result = Evaluator.Run(evaluation, progress, cancellation);
        if (result.Pictures.All(picture => picture.IsDefective) || !result.Pictures.Any(picture => picture.IsDefective))
        {
            throw new ModelException(
                $"category '{result.Category}' has test pictures of {(result.Pictures.Any(picture => picture.IsDefective) ? "defective" : "good")} parts only; a threshold by cost needs both: use --false-reject-rate or --value.");
        }

        CostThresholdChoice choice = CostThreshold.Compute(
            [.. result.Pictures.Select(picture => picture.Score)],
            [.. result.Pictures.Select(picture => picture.IsDefective ? (byte)1 : (byte)0)],
            costMiss,
            costFalseAlarm);
        string note = string.Create(
            CultureInfo.InvariantCulture,
            $"chosen on {result.Pictures.Count} labelled pictures (a miss costs {costMiss}, a false alarm {costFalseAlarm}): {choice.Misses} missed, {choice.FalseAlarms} false alarm(s) there; confirm it on others.");
        return new StoredThreshold(choice.Choice.Value, "cost", null, note);
    }

    /// <summary>Writes a model with another threshold, atomically.</summary>
    /// <param name="model">The model file.</param>
    /// <param name="threshold">The new threshold.</param>
    /// <param name="pixel">The pixel threshold instead of the image threshold.</param>
    /// <param name="output">Where to; the model itself where null.</param>
    /// <param name="force">Whether another existing file may be overwritten.</param>
    /// <exception cref="FileWriteException">The output exists or cannot be written.</exception>
    public static void Store(string model, StoredThreshold threshold, bool pixel, string? output = null, bool force = false)
    {
        OutputFile.Require(output ?? model, mayOverwrite: force || output is null);
        Manifest manifest = ModelFile.ReadManifest(model);
        Manifest changed = pixel ? manifest with { PixelThreshold = threshold } : manifest with { ImageThreshold = threshold };
        ModelFile.Rewrite(model, output ?? model, changed);
    }
}
