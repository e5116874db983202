using GoNoGo.Detection.Options;

namespace GoNoGo.Detection.Detectors.Features;

/// <summary>Options that every head trained by gradient descent on cached features has, beside <see cref="FeatureOptions"/>.</summary>
internal static class GradientFeatureOptions
{
    public static OptionDefinition Validation { get; } = OptionDefinition.OfWords(
        "validation", "hold-out", ["hold-out", "none"], "Good pictures held out for early stopping and the threshold, or none: all are fitted, the smallest training loss counts and the model has no threshold.");

    public static OptionDefinition Shuffle { get; } = CommonOptions.Shuffle with { PaperCode = "false" };

    public static OptionDefinition MaxEpochs { get; } =
        OptionDefinition.OfInteger("max-epochs", 500, 1, 1_000_000, "Most epochs that are run.") with { Choice = 19 };

    public static OptionDefinition BestWeights { get; } = CommonOptions.BestWeights with { PaperCode = "last-epoch" };

    public static OptionDefinition BatchSize(int value) =>
        OptionDefinition.OfInteger("batch-size", value, 1, 4096, "Pictures a training step.");

    public static OptionDefinition LearningRate(double value) =>
        OptionDefinition.OfNumber("learning-rate", value, 0, 1e6, "Step size of the optimiser.");

    public static OptionDefinition WeightDecay(double value) =>
        OptionDefinition.OfNumber("weight-decay", value, 0, 10, "Weight decay of the optimiser.");
}
