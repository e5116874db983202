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

    /// <summary>
    /// The threshold with the smallest expected cost on labelled test pictures; of several the lowest, which misses least
    /// (<see cref="CostThreshold"/>). Of the pixel threshold, a miss is a defective part without a marked pixel in its mask (in the
    /// whole map where it has none), a false alarm a good part with a marked pixel.
    /// </summary>
    /// <param name="evaluation">What to judge on what.</param>
    /// <param name="costMiss">Cost of a defective part judged go.</param>
    /// <param name="costFalseAlarm">Cost of a good part judged no-go.</param>
    /// <param name="pixel">The pixel threshold instead of the image threshold.</param>
    /// <param name="progress">Told the number of pictures judged and of all.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <exception cref="ArgumentException">A cost is negative or no number, or both are 0.</exception>
    /// <exception cref="ModelException">There are no test pictures of both kinds, or the scores are no finite numbers.</exception>
    public static StoredThreshold FromCosts(
        EvaluateRequest evaluation, double costMiss, double costFalseAlarm, bool pixel = false, Action<int, int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(evaluation);
        CostThreshold.RequireCosts(costMiss, costFalseAlarm);
        EvaluationResult result = Evaluator.Run(evaluation with { NativeMapSize = false, RequiresBothKinds = true }, progress, cancellation);
        RequireBothKinds(result.Category, result.Pictures.Any(picture => !picture.IsDefective), result.Pictures.Any(picture => picture.IsDefective));
        CostThresholdChoice choice = CostThreshold.Compute(
            [.. result.Pictures.Select(picture => !pixel ? picture.Score : picture.LargestInDefect ?? picture.LargestMapValue)],
            [.. result.Pictures.Select(picture => picture.IsDefective ? (byte)1 : (byte)0)],
            costMiss,
            costFalseAlarm);
        if (!float.IsFinite(choice.Choice.Value))
        {
            throw new ModelException($"the model '{evaluation.Model}' gives infinite scores, between which there is no threshold; it did not train: train anew.");
        }

        int defective = result.Pictures.Count(picture => picture.IsDefective);
        string note = string.Create(
            CultureInfo.InvariantCulture,
            $"chosen on {result.Pictures.Count} labelled pictures (a miss costs {costMiss}, a false alarm {costFalseAlarm}): {choice.Misses} missed, {choice.FalseAlarms} false alarm(s) there; confirm it on others.");
        return new StoredThreshold(choice.Choice.Value, "cost", null, note)
        {
            Costs = new StoredCosts(costMiss, costFalseAlarm, result.Pictures.Count - defective, defective, (int)choice.Misses, (int)choice.FalseAlarms),
        };
    }

    /// <summary>Refuses labelled pictures of one kind alone.</summary>
    /// <exception cref="ModelException">One kind is missing.</exception>
    internal static void RequireBothKinds(string category, bool hasGood, bool hasDefective)
    {
        if (!hasGood || !hasDefective)
        {
            throw new ModelException(
                $"category '{category}' has no test pictures of {(hasGood ? "defective" : "good")} parts that can be judged; a threshold by cost needs both kinds: use --false-reject-rate or --value.");
        }
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
