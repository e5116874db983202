using GoNoGo.Detection.Options;

namespace GoNoGo.Detection.Detectors.Features;

/// <summary>Options that every detector on the features of a frozen backbone has; those of the backbone are in its family's own table.</summary>
internal static class FeatureOptions
{
    public static OptionDefinition TileModel { get; } =
        OptionDefinition.OfWords(TileSettings.ModelId, TileSettings.Shared, [TileSettings.Shared], "One head for all tiles.");

    public static OptionDefinition Validation { get; } = OptionDefinition.OfWords(
        "validation", "hold-out", ["hold-out", "none"], "Good pictures held out for the threshold, or none: all are fitted and the model has no threshold.");

    public static OptionDefinition ImageReduction { get; } = OptionDefinition.OfWords(
        "image-reduction", "max", ["max", "top-k-mean", "quantile"], "How the patch scores become the image score: the largest, the mean of the k largest, or a quantile.") with
    { Choice = 13 };

    public static OptionDefinition TopK { get; } =
        OptionDefinition.OfInteger("top-k", 10, 1, 1_000_000, "Patches that image-reduction=top-k-mean takes the mean of; of fewer, all.");

    public static OptionDefinition Quantile { get; } =
        OptionDefinition.OfNumber("quantile", 0.99, 0, 1, "Share of the patches below the image score with image-reduction=quantile; between two patches interpolated.");

    public static OptionDefinition MapUpsampling { get; } = OptionDefinition.OfWords(
        "map-upsampling", "half-pixel", ["half-pixel", "align-corners"], "How patch scores are stretched to the map, bilinearly: with centres at half pixels, or with the corner patches at the corners.") with
    { Choice = 12 };

    /// <summary>The option <c>neighbourhood</c> of the detectors that have it.</summary>
    /// <exception cref="OptionException">An even number.</exception>
    public static int Neighbourhood(OptionSet options)
    {
        ArgumentNullException.ThrowIfNull(options);
        int side = options.Integer("neighbourhood");
        return side % 2 == 1 ? side : throw new OptionException("neighbourhood must be odd: a patch is in the middle of its neighbours");
    }

    public static OptionDefinition MapSmoothing { get; } =
        OptionDefinition.OfNumber("map-smoothing", 0, 0, 100, "Standard deviation in pixels of a Gaussian filter over the map; 0 = none.") with { Choice = 33 };
}
