using GoNoGo.Detection.Detectors.Features;
using GoNoGo.Detection.Options;
using Option = GoNoGo.Detection.Options.OptionDefinition;

namespace GoNoGo.Detection.Detectors.Gmm;

/// <summary>
/// The options of <see cref="GmmDetector"/>. Numbers in <see cref="OptionDefinition.Choice"/> are those of the list of open choices
/// between paper and published code.
/// </summary>
public static class GmmOptions
{
    /// <summary>The table.</summary>
    public static OptionTable Table { get; } = new("gmm",
    [
        CommonOptions.Intensity, CommonOptions.JpegScale, CommonOptions.Tile, CommonOptions.TileOverlap, FeatureOptions.TileModel, CommonOptions.TileScore,

        // The network.
        LevelNorm.Option,
        Option.OfInteger("gaussians", 100, 1, 4096, "Components K of the mixture; the published ResNet networks have 50."),
        Option.OfWords("mixture-weights", "softmax", ["softmax", "gumbel", "gumbel-in-training"], "Weights of the components: softmax of the logits; with Gumbel noise on the logits always, as the published code has it; or with noise in training alone.") with
        { Choice = 9, PaperCode = "gumbel" },
        Option.OfWords("mixture-density", "per-feature", ["per-feature", "joint"], "A one-dimensional mixture for each feature, all with the same weights, as published; or one mixture of diagonal Gaussians over all features.") with
        { Choice = 10 },
        Option.OfNumber("sigma-floor", 0.5, 0, 10, "Added to every standard deviation, in units of the features; without it the likelihood has no bound, and maps get worse while it grows.") with
        { PaperCode = "0", PaperText = "0" },
        Option.OfInteger("mdn-hidden-layers", 0, 0, 4, "Hidden layers before each of the three maps, as wide as the features, with ReLU; 0: linear maps alone.") with
        { Choice = 39, PaperText = "1" },

        // Training.
        GradientFeatureOptions.Validation, CommonOptions.Split, CommonOptions.SplitSeed, GradientFeatureOptions.Shuffle,
        GradientFeatureOptions.BatchSize(8), GradientFeatureOptions.LearningRate(1e-3) with { PaperCode = "0.0001", PaperText = "0.0001" }, GradientFeatureOptions.WeightDecay(1e-4),
        CommonOptions.Optimizer, CommonOptions.Patience, GradientFeatureOptions.MaxEpochs, GradientFeatureOptions.BestWeights,

        // Judging.
        Option.OfWords("mixture-score", "nll", ["nll", "batch-max", "batch-minmax"], "A patch's score: minus its mean log-likelihood l; 1 - exp(l - largest l of the batch), as the published code has it; or 1 - l brought to 0..1 over the batch, as the paper says. The last two depend on the other pictures of the batch.") with
        { Choice = 11, PaperCode = "batch-max", PaperText = "batch-minmax" },
        Option.OfWords("level-map-sign", "anomalous-high", ["anomalous-high", "inverted"], "With several levels: larger scores are more anomalous, or, as the published code turns them round once more, more normal.") with
        { Choice = 14, PaperCode = "inverted" },
        FeatureOptions.ImageReduction, FeatureOptions.TopK, FeatureOptions.Quantile,
        FeatureOptions.MapUpsampling with { PaperCode = "align-corners" }, FeatureOptions.MapSmoothing,
        CommonOptions.MaskResize, CommonOptions.ThresholdFrom, CommonOptions.FalseRejectRate,
    ]);
}
