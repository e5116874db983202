using System.Globalization;

namespace GoNoGo.Vision.Imaging.Tiff;

/// <summary>What the fields of a page say about its samples, checked: of a kind that is read, free of contradictions.</summary>
internal sealed class TiffLayout
{
    private readonly TiffDirectory _directory;

    private TiffLayout(TiffDirectory directory) => _directory = directory;

    /// <summary>Pixels a row.</summary>
    public int Width { get; private init; }

    /// <summary>Number of rows.</summary>
    public int Height { get; private init; }

    /// <summary>Bits a sample in the file: 1, 2, 4, 8, 16, or 32 of a float.</summary>
    public int Bits { get; private set; }

    /// <summary>Samples a pixel in the file.</summary>
    public int Samples { get; private set; }

    /// <summary>What they mean.</summary>
    public TiffColor Color { get; private set; }

    /// <summary>Whether the sample after the colours is alpha.</summary>
    public bool HasAlpha { get; private set; }

    /// <summary>How segments are packed.</summary>
    public TiffPacking Packing { get; private set; }

    /// <summary>1 none, 2 differences of neighbouring samples, 3 differences of the bytes of floats.</summary>
    public int Predictor { get; private set; } = 1;

    /// <summary>Whether each sample of a pixel has segments of its own.</summary>
    public bool IsPlanar { get; private set; }

    /// <summary>Whether the bits of every byte of the pixel data are in reverse order.</summary>
    public bool ReversesBits { get; private set; }

    /// <summary>Whether the most significant byte of a sample comes first.</summary>
    public bool BigEndian => _directory.BigEndian;

    /// <summary>Pages of the file.</summary>
    public int Pages => _directory.Pages;

    /// <summary>How the picture is to be turned before showing, 1 to 8; anything else is taken as 1, upright.</summary>
    public int Orientation => _directory.Value(TiffTag.Orientation, 1) is >= 1 and <= 8 and var turn ? (int)turn : 1;

    /// <summary>The colours of a palette, else null.</summary>
    public TiffPalette? Palette { get; private set; }

    /// <summary>Samples a pixel that belong to a colour: 1 or 3.</summary>
    public int Colors => Color == TiffColor.Rgb ? 3 : 1;

    /// <summary>Samples a pixel that are used: the colours, and alpha where it is there.</summary>
    public int Used => Colors + (HasAlpha ? 1 : 0);

    /// <summary>Channels of the decoded picture.</summary>
    public int Channels => HasAlpha ? 4 : Palette?.Channels ?? Colors;

    /// <summary>Bits a sample of the decoded picture.</summary>
    public int BitDepth => Math.Max(Bits, 8);

    /// <summary>Reads and checks the fields.</summary>
    public static TiffLayout Read(TiffDirectory directory)
    {
        long width = directory.Value(TiffTag.ImageWidth, 0);
        long height = directory.Value(TiffTag.ImageLength, 0);
        if (width is < 1 or > int.MaxValue || height is < 1 or > int.MaxValue)
        {
            throw new ImageFormatException($"the TIFF header says {width} x {height} pixels, but sizes start at 1 and end at {int.MaxValue}; the file is damaged.");
        }

        var layout = new TiffLayout(directory) { Width = (int)width, Height = (int)height };
        layout.ReadPacking();
        layout.ReadColor();
        layout.ReadSamples();
        layout.ReadExtraSamples();
        layout.ReadPredictor();
        if (layout.Color == TiffColor.Palette)
        {
            layout.Palette = TiffPalette.Read(directory.Find(TiffTag.ColorMap), layout.Bits);
        }

        return layout;
    }

    /// <summary>Bytes of a row of <paramref name="width"/> pixels in a segment.</summary>
    public long RowBytes(long width) => ((width * Bits * (IsPlanar ? 1 : Samples)) + 7) / 8;

    private void ReadPacking()
    {
        long code = _directory.Value(TiffTag.Compression, 1);
        Packing = (TiffPacking)Math.Min(code, int.MaxValue);
        if (Packing is not (TiffPacking.None or TiffPacking.Lzw or TiffPacking.Deflate or TiffPacking.DeflateOld or TiffPacking.PackBits))
        {
            throw new ImageFormatException($"{TiffNames.Compression(code)} compression in TIFF is not supported; save the picture uncompressed or with LZW, deflate or PackBits.");
        }

        long order = _directory.Value(TiffTag.FillOrder, 1);
        Require(order is 1 or 2, $"FillOrder is {order}, expected 1 or 2");
        ReversesBits = order == 2;
        long planes = _directory.Value(TiffTag.PlanarConfiguration, 1);
        Require(planes is 1 or 2, $"PlanarConfiguration is {planes}, expected 1 or 2");
        IsPlanar = planes == 2;
    }

    private void ReadColor()
    {
        long code = _directory.Value(TiffTag.PhotometricInterpretation, -1);
        Require(code >= 0, $"the field PhotometricInterpretation is missing, so that its samples mean nothing");
        if (code > 3)
        {
            throw new ImageFormatException($"{TiffNames.Color(code)} colours in TIFF are not supported; save the picture as gray, RGB or palette.");
        }

        Color = (TiffColor)code;
    }

    private void ReadSamples()
    {
        long samples = _directory.Value(TiffTag.SamplesPerPixel, 1);
        TiffEntry? depths = _directory.Find(TiffTag.BitsPerSample);
        TiffEntry? formats = _directory.Find(TiffTag.SampleFormat);
        if (samples > 5)
        {
            throw new ImageFormatException($"the TIFF picture has {samples} samples a pixel; gray, RGB and one more sample are read: save the bands as pictures of their own.");
        }

        Require(samples >= 1, $"SamplesPerPixel is {samples}, expected at least 1");
        long bits = depths?.First ?? 1;
        long format = formats?.First ?? 1;
        if (depths?.IsUniform() == false || formats?.IsUniform() == false)
        {
            throw new ImageFormatException("TIFF pictures whose samples differ in depth or format are not supported; save all with 8 or 16 bits.");
        }

        // 4 means undefined, which everybody reads as integers.
        bool fits = format is 1 or 4 ? bits is 1 or 2 or 4 or 8 or 16 : format == 3 && bits == 32;
        if (!fits)
        {
            throw new ImageFormatException(
                $"{TiffNames.Samples(format, bits)} in TIFF are not supported; save the picture with unsigned integers of 1, 2, 4, 8 or 16 bits, or 32-bit floats.");
        }

        if (bits < 8 && (samples > 1 || Color == TiffColor.Rgb))
        {
            throw new ImageFormatException($"TIFF pictures with {samples} samples a pixel of {bits} bits are not supported; save it with 8 bits.");
        }

        Bits = (int)bits;
        Samples = (int)samples;
        IsPlanar &= samples > 1;
    }

    private void ReadExtraSamples()
    {
        int extra = Samples - Colors;
        Require(extra >= 0, $"an RGB pixel has {Samples} samples, expected 3 or more");
        if (extra > 1 || (extra > 0 && Color == TiffColor.Palette))
        {
            throw new ImageFormatException(
                $"the TIFF picture has {extra} samples a pixel beside its {(Color == TiffColor.Rgb ? "RGB" : Color == TiffColor.Palette ? "palette" : "gray")} values; one alpha beside gray or RGB is read: save it without the others.");
        }

        // 1 and 2 are alpha; 0 is anything, which is left out.
        HasAlpha = extra == 1 && _directory.Value(TiffTag.ExtraSamples, 2) is 1 or 2;
    }

    private void ReadPredictor()
    {
        // As everywhere, the field counts for the packings that were made for it.
        if (Packing is TiffPacking.None or TiffPacking.PackBits)
        {
            return;
        }

        long predictor = _directory.Value(TiffTag.Predictor, 1);
        Require(predictor is >= 1 and <= 3, $"Predictor is {predictor}, expected 1, 2 or 3");
        Require(predictor != 2 || Bits >= 8, $"the predictor of differences is set for {Bits}-bit samples, expected 8 bits or more");
        Require(predictor != 3 || Bits == 32, $"the floating-point predictor is set for {Bits}-bit integers");
        Predictor = (int)predictor;
    }

    private static void Require(bool fits, FormattableString problem)
    {
        if (!fits)
        {
            throw new ImageFormatException($"the TIFF picture contradicts its format ({problem.ToString(CultureInfo.InvariantCulture)}); the file is damaged.");
        }
    }
}
