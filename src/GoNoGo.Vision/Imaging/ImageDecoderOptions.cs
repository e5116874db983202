namespace GoNoGo.Vision.Imaging;

/// <summary>Limits and choices of decoding.</summary>
public sealed record ImageDecoderOptions
{
    /// <summary>The limits that hold when nothing else is said.</summary>
    public static ImageDecoderOptions Default { get; } = new();

    /// <summary>The most pixels (width times height) that a picture may have; above it is refused before anything is allocated. 512 megapixels.</summary>
    public long MaxPixels { get; init; } = 512_000_000;

    /// <summary>
    /// A JPEG picture is decoded this many times smaller in each direction: 1, 2, 4 or 8, by the reduced transforms of libjpeg. Much
    /// faster than decoding and resizing, with other samples; pictures of other kinds are not affected.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Another number.</exception>
    public int JpegScale
    {
        get;
        init => field = value is 1 or 2 or 4 or 8
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "ImageDecoderOptions.JpegScale: expected 1, 2, 4 or 8.");
    } = 1;

    internal void Check(long width, long height, string format)
    {
        if (width * height > MaxPixels)
        {
            throw new ImageFormatException(
                $"the {format} header says {width} x {height} pixels, more than the limit of {MaxPixels} pixels; raise the limit if the picture is genuine.");
        }
    }
}
