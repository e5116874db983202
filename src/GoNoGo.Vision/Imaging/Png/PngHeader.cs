using System.Buffers.Binary;

namespace GoNoGo.Vision.Imaging.Png;

/// <summary>The colour types of PNG, by their numbers in the file.</summary>
internal enum PngColor : byte
{
    Gray = 0,
    Rgb = 2,
    Palette = 3,
    GrayAlpha = 4,
    Rgba = 6,
}

/// <summary>The content of the IHDR chunk, checked.</summary>
internal readonly record struct PngHeader(int Width, int Height, int BitDepth, PngColor Color, bool Interlaced)
{
    /// <summary>Samples a pixel in the file.</summary>
    public int SamplesPerPixel => Color switch
    {
        PngColor.Rgb => 3,
        PngColor.GrayAlpha => 2,
        PngColor.Rgba => 4,
        _ => 1,
    };

    /// <summary>The distance to the "left" byte that filters use: bytes a pixel, at least one.</summary>
    public int FilterDistance => Math.Max(SamplesPerPixel * BitDepth / 8, 1);

    /// <summary>Bits a sample after decoding.</summary>
    public int DecodedBitDepth => BitDepth == 16 ? 16 : 8;

    /// <summary>Whether a decoded 8-bit row has exactly the bytes of the row in the file.</summary>
    public bool IsDirect => BitDepth == 8 && Color is (PngColor.Gray or PngColor.Rgb or PngColor.Rgba);

    /// <summary>Bytes of one row of <paramref name="width"/> pixels in the file, without the filter byte.</summary>
    public long RowBytes(long width) => ((width * SamplesPerPixel * BitDepth) + 7) / 8;

    /// <summary>Bytes that the compressed stream must give: all rows of all passes with their filter bytes.</summary>
    public long RawBytes()
    {
        if (!Interlaced)
        {
            return (RowBytes(Width) + 1) * Height;
        }

        long total = 0;
        foreach (Adam7Pass pass in Adam7Pass.All)
        {
            int width = pass.Columns(Width);
            total += width == 0 ? 0 : (RowBytes(width) + 1) * pass.Rows(Height);
        }

        return total;
    }

    /// <summary>Reads and checks the 13 bytes of IHDR.</summary>
    public static PngHeader Read(ReadOnlySpan<byte> data)
    {
        if (data.Length != 13)
        {
            throw new ImageFormatException($"the PNG chunk IHDR has {data.Length} bytes instead of 13; the file is damaged.");
        }

        uint width = BinaryPrimitives.ReadUInt32BigEndian(data);
        uint height = BinaryPrimitives.ReadUInt32BigEndian(data[4..]);
        if (width is 0 or > int.MaxValue || height is 0 or > int.MaxValue)
        {
            throw new ImageFormatException($"the PNG header says {width} x {height} pixels, but each must be 1 to {int.MaxValue}; the file is damaged.");
        }

        byte depth = data[8];
        byte color = data[9];
        bool valid = color switch
        {
            0 => depth is 1 or 2 or 4 or 8 or 16,
            3 => depth is 1 or 2 or 4 or 8,
            2 or 4 or 6 => depth is 8 or 16,
            _ => false,
        };
        if (!valid)
        {
            throw new ImageFormatException($"the PNG header says colour type {color} with {depth} bits a sample, which PNG does not have; the file is damaged.");
        }

        if (data[10] != 0 || data[11] != 0 || data[12] > 1)
        {
            throw new ImageFormatException(
                $"the PNG header says compression {data[10]}, filter method {data[11]}, interlace {data[12]}, but only 0, 0 and 0 or 1 exist; the file is damaged.");
        }

        return new PngHeader((int)width, (int)height, depth, (PngColor)color, data[12] == 1);
    }
}
