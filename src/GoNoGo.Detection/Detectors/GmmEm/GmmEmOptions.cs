using System.Globalization;
using GoNoGo.Detection.Detectors.Features;
using GoNoGo.Detection.Options;
using GoNoGo.Learning.Densities.Gaussians;
using Option = GoNoGo.Detection.Options.OptionDefinition;

namespace GoNoGo.Detection.Detectors.GmmEm;

/// <summary>The options of <see cref="GmmEmDetector"/>.</summary>
public static class GmmEmOptions
{
    private const string Auto = "auto";
    private const int MostComponents = 4096;

    /// <summary>The table.</summary>
    public static OptionTable Table { get; } = new("gmm-em",
    [
        CommonOptions.Intensity, CommonOptions.JpegScale, CommonOptions.Tile, CommonOptions.TileOverlap, FeatureOptions.TileModel, CommonOptions.TileScore,
        Option.OfForm("components", Auto, $"auto | 1 .. {MostComponents}", Write, "Gaussians of the mixture; auto: as many as the Bayesian information criterion wants."),
        Option.OfInteger("max-components", 64, 1, 256, "Most Gaussians that components=auto tries."),
        Option.OfWords("covariance", "full", ["full", "tied", "diagonal"], "A covariance matrix for each Gaussian, one for all of them, or variances alone."),
        Option.OfNumber("pca-variance", 0.9, 0.01, 1, "Share of the variance, the ridge counted, that the principal axes hold in which patches are whitened; 1 keeps all axes."),
        Option.OfInteger("pca-features", 0, 0, 1_000_000, "Most principal axes; 0 = no limit."),
        Option.OfSwitch("residual", true, "Counts what lies beyond the axes that are kept as one more Gaussian of equal variances; goes with pca-variance below 1 or pca-features."),
        Option.OfNumber("ridge", 0.01, 0, 1e6, "Added to every variance, in squared units of the features."),
        Option.OfNumber("floor", 1e-4, 1e-5, 1, "Least variance of a Gaussian in whitened units, where all patches together have about 1."),
        Option.OfInteger("patches", 50_000, 1, 100_000_000, "Most patches that are fitted, drawn at random, equally many from each picture, at least one."),
        Option.OfInteger("iterations", 100, 1, 100_000, "Most iterations of expectation-maximisation."),
        Option.OfNumber("tolerance", 0.01, 0, 1e6, "The iterations end when the mean log-likelihood of a patch grows by less."),
        Option.OfInteger("neighbourhood", 1, 1, 15, "Side of the square of patches over which features are averaged first, odd; 1 = none."),
        CommonOptions.Split, CommonOptions.SplitSeed, FeatureOptions.Validation,
        FeatureOptions.ImageReduction, FeatureOptions.TopK, FeatureOptions.Quantile, FeatureOptions.MapUpsampling, FeatureOptions.MapSmoothing,
        CommonOptions.MaskResize with { PaperCode = null }, CommonOptions.ThresholdFrom with { PaperCode = null }, CommonOptions.FalseRejectRate,
    ]);

    /// <summary>K; null for as many as the criterion wants.</summary>
    internal static int? Components(OptionSet options) =>
        options["components"] == Auto ? null : int.Parse(options["components"], CultureInfo.InvariantCulture);

    /// <summary>What the covariances are.</summary>
    internal static CovarianceForm Form(OptionSet options) => options["covariance"] switch
    {
        "tied" => CovarianceForm.Tied,
        "diagonal" => CovarianceForm.Diagonal,
        _ => CovarianceForm.Full,
    };

    private static string? Write(string text) =>
        text.Equals(Auto, StringComparison.OrdinalIgnoreCase) ? Auto
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count is >= 1 and <= MostComponents
            ? count.ToString(CultureInfo.InvariantCulture)
        : null;
}
