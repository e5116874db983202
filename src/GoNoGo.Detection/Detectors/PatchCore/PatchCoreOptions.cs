using GoNoGo.Detection.Detectors.Features;
using GoNoGo.Detection.Options;
using Option = GoNoGo.Detection.Options.OptionDefinition;

namespace GoNoGo.Detection.Detectors.PatchCore;

/// <summary>The options of <see cref="PatchCoreDetector"/>.</summary>
public static class PatchCoreOptions
{
    /// <summary>The table.</summary>
    public static OptionTable Table { get; } = new("patchcore",
    [
        CommonOptions.Intensity, CommonOptions.JpegScale, CommonOptions.Tile, CommonOptions.TileOverlap, FeatureOptions.TileModel, CommonOptions.TileScore,
        Option.OfInteger("neighbourhood", 3, 1, 15, "Side of the square of patches over which features are averaged first, odd; 1 = none."),
        Option.OfNumber("coreset", 0.1, 1e-6, 1, "Share of the good patches that is kept; 1 keeps all."),
        Option.OfWords("subsampling", "greedy", ["greedy", "random"], "Which patches are kept: always the one farthest from those kept so far, or any."),
        Option.OfInteger("projection", 128, 0, 1_000_000, "Numbers that patches are projected to at random (Gaussian) while greedy subsampling compares them; 0, or not fewer than they have: no projection."),
        Option.OfInteger("neighbours", 0, 0, 1000, "Kept patches around the nearest one that the largest patch score is weighted with as in the paper (there 9); 0 = none. Goes with image-reduction=max."),
        CommonOptions.Split, CommonOptions.SplitSeed, FeatureOptions.Validation,
        FeatureOptions.ImageReduction, FeatureOptions.TopK, FeatureOptions.Quantile, FeatureOptions.MapUpsampling, FeatureOptions.MapSmoothing,
        CommonOptions.MaskResize with { PaperCode = null }, CommonOptions.ThresholdFrom with { PaperCode = null }, CommonOptions.FalseRejectRate,
    ]);
}
