using GoNoGo.Detection.Detectors.Features;
using GoNoGo.Detection.Options;
using Option = GoNoGo.Detection.Options.OptionDefinition;

namespace GoNoGo.Detection.Detectors.Flow;

/// <summary>The options of <see cref="FlowDetector"/>.</summary>
public static class FlowOptions
{
    /// <summary>The table.</summary>
    public static OptionTable Table { get; } = new("flow",
    [
        CommonOptions.Intensity, CommonOptions.JpegScale, CommonOptions.Tile, CommonOptions.TileOverlap, FeatureOptions.TileModel, CommonOptions.TileScore,
        Option.OfInteger("steps", 0, 0, 64, "Coupling steps of a flow; 0 = 20 where one level is looked at, 8 for each of several."),
        Option.OfNumber("hidden-ratio", 0.16, 0, 16, "Width of the subnets' hidden layer as a share of the channels that a step conditions on."),
        Option.OfWords("kernels", "alternating", ["alternating", "3x3", "1x1"], "Kernels of the subnets: 3x3 and 1x1 in turn, or one size in every step; with 1x1 alone every position is judged by itself."),
        Option.OfNumber("clamp", 2, 1e-3, 100, "alpha: a step scales a channel by at most e^alpha.") with { Choice = 16 },
        Option.OfWords("flow-clamp", "tanh-a", ["tanh-a", "tanh-a-over-alpha"], "How the subnet's output a becomes a log-scale: alpha tanh(a), as in the published numbers, or alpha tanh(a / alpha).") with { Choice = 16 },
        Option.OfWords("flow-permutation", "index", ["index", "matrix"], "Channels are permuted by index vectors, or by 0/1 matrices: the same mathematics; matrices are only counted, never multiplied or stored.") with { Choice = 17, PaperCode = "matrix" },
        LevelNorm.Option,
        FeatureNoise.Option,
        Option.OfWords("flow-score", "likelihood", ["energy", "probability", "likelihood"], "Score of a position: mean z^2 / 2; 1 - exp of minus it, which is 1 for all that is far off; or with the log-determinant, the negative log-likelihood per channel.") with { Choice = 15, PaperCode = "probability", PaperText = "likelihood" },
        Option.OfWords("standardise", "image-score", ["image-score", "none"], "For the image score, patch scores are deviations from what held-out good pictures score at the position, in their standard deviations; or they are as in the map.") with { PaperCode = "none", PaperText = "none" },
        CommonOptions.Split, CommonOptions.SplitSeed, GradientFeatureOptions.Validation, GradientFeatureOptions.Shuffle,
        GradientFeatureOptions.BatchSize(8) with { PaperCode = "32", PaperText = "32" }, GradientFeatureOptions.LearningRate(1e-3), GradientFeatureOptions.WeightDecay(1e-5),
        CommonOptions.Optimizer, CommonOptions.Patience, GradientFeatureOptions.MaxEpochs, GradientFeatureOptions.BestWeights,
        FeatureOptions.ImageReduction, FeatureOptions.TopK, FeatureOptions.Quantile, FeatureOptions.MapUpsampling, FeatureOptions.MapSmoothing,
        CommonOptions.MaskResize, CommonOptions.ThresholdFrom, CommonOptions.FalseRejectRate,
    ])
    {
        PresetAdditions =
        [
            new PresetAddition("fastflow", ["validation=none", "batch-size=32", "feature-noise=0", "standardise=none", "level-norm=affine-unsaved", "flow-score=probability", "best-weights=last-epoch"], ["input-size=384"]),
        ],
    };
}
