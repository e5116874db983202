namespace GoNoGo.Vision.Imaging;

/// <summary>The picture formats that can be read.</summary>
public enum ImageKind
{
    /// <summary>Portable Network Graphics.</summary>
    Png,

    /// <summary>Windows or OS/2 bitmap.</summary>
    Bmp,

    /// <summary>Netpbm: P1 to P6.</summary>
    Pnm,

    /// <summary>JPEG (JFIF and Exif files).</summary>
    Jpeg,

    /// <summary>Tagged Image File Format, BigTIFF included.</summary>
    Tiff,
}

/// <summary>What the header of a picture says.</summary>
/// <param name="Kind">The format.</param>
/// <param name="Width">Pixels a row.</param>
/// <param name="Height">Number of rows.</param>
/// <param name="Channels">Channels of the decoded <see cref="Image"/>: 1, 3 or 4.</param>
/// <param name="BitDepth">Bits a sample of the decoded <see cref="Image"/>: 8 or 16, 32 for float.</param>
public readonly record struct ImageInfo(ImageKind Kind, int Width, int Height, int Channels, int BitDepth)
{
    /// <summary>How Exif (or a TIFF tag) says the picture is to be turned before showing, 1 to 8; 1 (upright) where nothing is said. It is never applied.</summary>
    public int Orientation { get; init; } = 1;

    /// <summary>Pictures in the file, of which only the first is read: above 1 only for TIFF, counted up to 10,000.</summary>
    public int Pages { get; init; } = 1;

    /// <summary>Number of samples of the decoded picture.</summary>
    public long SampleCount => (long)Width * Height * Channels;

    /// <summary>Bytes of the decoded picture.</summary>
    public long DecodedBytes => SampleCount * (BitDepth / 8);
}
