using System.Globalization;

namespace GoNoGo.Vision.Datasets;

/// <summary>What a picture is like, known without decoding it.</summary>
/// <param name="Width">Pixels a row.</param>
/// <param name="Height">Number of rows.</param>
/// <param name="Channels">1 (gray), 3 (RGB) or 4 (RGBA).</param>
/// <param name="BitDepth">Bits a sample: 8 or 16, 32 for float.</param>
public readonly record struct PictureFormat(int Width, int Height, int Channels, int BitDepth)
{
    /// <summary>The size as people write it: <c>900 x 900</c>.</summary>
    public string Size => string.Create(CultureInfo.InvariantCulture, $"{Width} x {Height}");

    /// <summary>How the file says the picture is to be turned, 1 to 8 as in Exif; 1 where it says nothing. It is never applied.</summary>
    public int Orientation { get; init; } = 1;

    /// <summary>Whether the file says that the picture is to be turned, which is ignored.</summary>
    public bool IsTurned => Orientation > 1;

    /// <summary>Pictures in the file, of which only the first is read.</summary>
    public int Pages { get; init; } = 1;

    /// <summary>Whether there is an alpha channel, which nothing looks at.</summary>
    public bool HasAlpha => Channels == 4;

    /// <summary>Channels and depth as people say it: <c>8-bit RGB</c>.</summary>
    public string Colour => string.Create(
        CultureInfo.InvariantCulture, $"{BitDepth}-bit {(BitDepth == 32 ? "float " : "")}{Channels switch { 1 => "gray", 3 => "RGB", _ => "RGBA" }}");
}
