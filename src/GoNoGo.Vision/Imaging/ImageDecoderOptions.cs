namespace GoNoGo.Vision.Imaging;

/// <summary>Limits of decoding.</summary>
public sealed record ImageDecoderOptions
{
    /// <summary>The limits that hold when nothing else is said.</summary>
    public static ImageDecoderOptions Default { get; } = new();

    /// <summary>The most pixels (width times height) that a picture may have; above it is refused before anything is allocated. 512 megapixels.</summary>
    public long MaxPixels { get; init; } = 512_000_000;

    internal void Check(long width, long height, string format)
    {
        if (width * height > MaxPixels)
        {
            throw new ImageFormatException(
                $"the {format} header says {width} x {height} pixels, more than the limit of {MaxPixels} pixels; raise the limit if the picture is genuine.");
        }
    }
}
