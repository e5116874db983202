namespace GoNoGo.Vision.Imaging;

/// <summary>
/// A decoded picture: <see cref="Height"/> rows of <see cref="Width"/> pixels of 1 (gray), 3 (RGB) or 4 (RGBA) interleaved
/// channels, 8 or 16 bits a sample, top row first.
/// </summary>
public sealed class Image
{
    /// <summary>A picture over 8-bit samples, <c>[Height, Width, Channels]</c> row-major; the array is not copied.</summary>
    public Image(int width, int height, int channels, byte[] samples)
        : this(width, height, channels, samples, null, samples.Length) { }

    /// <summary>A picture over 16-bit samples, <c>[Height, Width, Channels]</c> row-major; the array is not copied.</summary>
    public Image(int width, int height, int channels, ushort[] samples)
        : this(width, height, channels, null, samples, samples.Length) { }

    private Image(int width, int height, int channels, byte[]? samples8, ushort[]? samples16, long length)
    {
        if (width < 1 || height < 1 || channels is not (1 or 3 or 4) || (long)width * height * channels != length)
        {
            throw new ArgumentException($"Image: {length} samples do not make a picture of {width} x {height} x {channels} channels (1, 3 or 4).");
        }

        Width = width;
        Height = height;
        Channels = channels;
        Samples8 = samples8;
        Samples16 = samples16;
    }

    /// <summary>Pixels a row.</summary>
    public int Width { get; }

    /// <summary>Number of rows.</summary>
    public int Height { get; }

    /// <summary>1 (gray), 3 (RGB) or 4 (RGBA).</summary>
    public int Channels { get; }

    /// <summary>Bits a sample: 8 or 16.</summary>
    public int BitDepth => Samples8 is null ? 16 : 8;

    /// <summary>The samples of an 8-bit picture, else null.</summary>
    public byte[]? Samples8 { get; }

    /// <summary>The samples of a 16-bit picture, else null.</summary>
    public ushort[]? Samples16 { get; }
}
