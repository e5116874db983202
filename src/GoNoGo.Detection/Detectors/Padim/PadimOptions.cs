using GoNoGo.Detection.Detectors.Features;
using GoNoGo.Detection.Options;
using Option = GoNoGo.Detection.Options.OptionDefinition;

namespace GoNoGo.Detection.Detectors.Padim;

/// <summary>The options of <see cref="PadimDetector"/>.</summary>
public static class PadimOptions
{
    /// <summary>The table.</summary>
    public static OptionTable Table { get; } = new("padim",
    [
        CommonOptions.Intensity, CommonOptions.JpegScale, CommonOptions.Tile, CommonOptions.TileOverlap, FeatureOptions.TileModel, CommonOptions.TileScore,
        Option.OfWords("gaussian", "per-position", ["per-position", "global"], "A Gaussian for every position of the map, or one for all of them."),
        Option.OfInteger("features", 100, 0, 1_000_000, "Features that are drawn at random from those of the levels; 0, or more than there are: all."),
        Option.OfNumber("shrinkage", 0, 0, 1, "Share of the covariance that is replaced by its mean variance times the identity."),
        Option.OfNumber("ridge", 0.01, 0, 1e6, "Added to every variance, in squared units of the features."),
        Option.OfInteger("neighbourhood", 1, 1, 15, "Side of the square of patches over which features are averaged first, odd; 1 = none."),
        CommonOptions.Split, CommonOptions.SplitSeed, FeatureOptions.Validation,
        FeatureOptions.ImageReduction, FeatureOptions.TopK, FeatureOptions.Quantile, FeatureOptions.MapUpsampling, FeatureOptions.MapSmoothing,
        CommonOptions.MaskResize with { PaperCode = null }, CommonOptions.ThresholdFrom with { PaperCode = null }, CommonOptions.FalseRejectRate,
    ]);
}
