using GoNoGo.Detection.Options;

namespace GoNoGo.Detection.Detectors;

/// <summary>
/// The option <c>jpeg-scale</c>: JPEG pictures are decoded 1, 2, 4 or 8 times smaller in training and whenever the model judges one. Never on unless asked
/// for: the samples are not those of decoding and resizing.
/// </summary>
public static class JpegScaleOption
{
    /// <summary>The option's id.</summary>
    public const string Id = "jpeg-scale";

    /// <summary>Reads the option.</summary>
    /// <exception cref="OptionException">It does not fit the other options.</exception>
    public static int Of(OptionSet options)
    {
        ArgumentNullException.ThrowIfNull(options);
        int scale = int.Parse(options[Id], System.Globalization.CultureInfo.InvariantCulture);
        if (scale > 1 && options.Values.GetValueOrDefault("framing") == "pad")
        {
            throw new OptionException($"{Id}={scale} does not go with framing=pad, which takes pictures at their own size; leave out one of the two");
        }

        return scale == 1 || options.Integer(TileSettings.SideId) == 0
            ? scale
            : throw new OptionException($"{Id}={scale} does not go with tiles, which are there to see every pixel; choose a larger model size or larger tiles instead");
    }
}
