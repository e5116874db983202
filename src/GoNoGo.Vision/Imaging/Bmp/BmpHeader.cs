using System.Buffers.Binary;

namespace GoNoGo.Vision.Imaging.Bmp;

/// <summary>The headers of a bitmap, checked: size, pixel form, and where palette and pixels lie.</summary>
internal readonly record struct BmpHeader
{
    private const int FileHeaderBytes = 14;

    private BmpHeader(long width, long height) => (Width, Height) = ((int)width, (int)height);

    /// <summary>Pixels a row.</summary>
    public int Width { get; }

    /// <summary>Number of rows.</summary>
    public int Height { get; }

    /// <summary>Whether the first row of the file is the top one.</summary>
    public bool TopDown { get; private init; }

    /// <summary>1, 4, 8, 16, 24 or 32.</summary>
    public int BitsPerPixel { get; private init; }

    /// <summary>Whether the pixels are run-length encoded (only with 4 and 8 bits).</summary>
    public bool RunLength { get; private init; }

    /// <summary>The bits of red, green and blue in a pixel of 16 or 32 bits.</summary>
    public (uint Red, uint Green, uint Blue) Masks { get; private init; }

    /// <summary>Where the palette begins.</summary>
    public int PaletteOffset { get; private init; }

    /// <summary>Number of colours in the palette; 0 with 16 bits and more.</summary>
    public int PaletteCount { get; private init; }

    /// <summary>Bytes a colour of the palette: 3 or 4, blue first.</summary>
    public int PaletteEntryBytes { get; private init; }

    /// <summary>Where the pixels begin.</summary>
    public int PixelOffset { get; private init; }

    /// <summary>Bytes of the pixels of a row, without the padding to four bytes.</summary>
    public long RowBytes => (((long)Width * BitsPerPixel) + 7) / 8;

    /// <summary>Bytes from row to row in the file.</summary>
    public long Stride => (RowBytes + 3) / 4 * 4;

    /// <summary>Reads and checks the headers.</summary>
    public static BmpHeader Read(ReadOnlySpan<byte> content)
    {
        if (content.Length < FileHeaderBytes + 4)
        {
            throw CutOff(content.Length);
        }

        uint pixelOffset = BinaryPrimitives.ReadUInt32LittleEndian(content[10..]);
        uint headerBytes = BinaryPrimitives.ReadUInt32LittleEndian(content[FileHeaderBytes..]);
        if (headerBytes is not (12 or 40 or 52 or 56 or 64 or 108 or 124))
        {
            throw new ImageFormatException($"the BMP header says that it is {headerBytes} bytes long, but the known headers have 12, 40, 52, 56, 64, 108 or 124; the file is damaged or no bitmap.");
        }

        int headerEnd = FileHeaderBytes + (int)headerBytes;
        if (content.Length < headerEnd)
        {
            throw CutOff(content.Length);
        }

        ReadOnlySpan<byte> info = content[FileHeaderBytes..];
        bool core = headerBytes == 12;
        long width = core ? BinaryPrimitives.ReadUInt16LittleEndian(info[4..]) : BinaryPrimitives.ReadInt32LittleEndian(info[4..]);
        long height = core ? BinaryPrimitives.ReadUInt16LittleEndian(info[6..]) : BinaryPrimitives.ReadInt32LittleEndian(info[8..]);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(info[(core ? 10 : 14)..]);
        uint compression = core ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(info[16..]);
        uint colors = core ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(info[32..]);
        if (width < 1 || height is 0 or int.MinValue)
        {
            throw new ImageFormatException($"the BMP header says {width} x {height} pixels, but both must be at least 1 (a negative height means top-down); the file is damaged.");
        }

        CheckForm(bits, compression);
        bool fields = compression is 3 or 6;
        int masksInside = headerBytes >= 52 && headerBytes != 64 ? 0 : compression == 3 ? 12 : compression == 6 ? 16 : 0;
        int paletteOffset = headerEnd + masksInside;
        if (content.Length < paletteOffset)
        {
            throw CutOff(content.Length);
        }

        if (pixelOffset < paletteOffset || pixelOffset >= content.Length)
        {
            throw new ImageFormatException($"the BMP header says that the pixels begin at byte {pixelOffset}, but the headers end at {paletteOffset} and the file at {content.Length}: the file is cut off or damaged.");
        }

        int entryBytes = core ? 3 : 4;
        int most = bits <= 8 ? 1 << bits : 0;
        int room = ((int)pixelOffset - paletteOffset) / entryBytes;
        int count = Math.Min(colors == 0 ? most : (int)Math.Min(colors, (uint)most), room);
        if (bits <= 8 && count == 0)
        {
            throw new ImageFormatException($"the BMP header says {bits} bits a pixel, but there is no palette before the pixels; the file is damaged.");
        }

        return new BmpHeader(width, Math.Abs(height))
        {
            TopDown = height < 0,
            BitsPerPixel = bits,
            RunLength = compression is 1 or 2,
            Masks = ReadMasks(info, bits, fields),
            PaletteOffset = paletteOffset,
            PaletteCount = count,
            PaletteEntryBytes = entryBytes,
            PixelOffset = (int)pixelOffset,
        };
    }

    private static void CheckForm(int bits, uint compression)
    {
        if (bits is not (1 or 4 or 8 or 16 or 24 or 32))
        {
            throw new ImageFormatException($"the BMP header says {bits} bits a pixel, but 1, 4, 8, 16, 24 and 32 are read; save it again as a 24-bit bitmap.");
        }

        bool fits = compression switch
        {
            0 => true,
            1 => bits == 8,
            2 => bits == 4,
            3 or 6 => bits is 16 or 32,
            _ => false,
        };
        if (!fits)
        {
            string name = compression switch
            {
                1 => "RLE8",
                2 => "RLE4",
                3 or 6 => "bit fields",
                4 => "embedded JPEG",
                5 => "embedded PNG",
                _ => "unknown",
            };
            throw new ImageFormatException($"the BMP header says compression {compression} ({name}) with {bits} bits a pixel, which is not supported; save it again as a 24-bit bitmap.");
        }
    }

    private static (uint Red, uint Green, uint Blue) ReadMasks(ReadOnlySpan<byte> info, int bits, bool fields)
    {
        if (!fields)
        {
            return bits == 16 ? (0x7C00u, 0x03E0u, 0x001Fu) : (0xFF0000u, 0xFF00u, 0xFFu);
        }

        uint red = BinaryPrimitives.ReadUInt32LittleEndian(info[40..]);
        uint green = BinaryPrimitives.ReadUInt32LittleEndian(info[44..]);
        uint blue = BinaryPrimitives.ReadUInt32LittleEndian(info[48..]);
        foreach (uint mask in (ReadOnlySpan<uint>)[red, green, blue])
        {
            uint run = mask == 0 ? 0 : mask >> System.Numerics.BitOperations.TrailingZeroCount(mask);
            if (mask == 0 || (run & (run + 1)) != 0 || (bits == 16 && mask > 0xFFFF))
            {
                throw new ImageFormatException($"the BMP bit fields are {red:X8}, {green:X8}, {blue:X8}, but each must be one run of bits within {bits}; the file is damaged.");
            }
        }

        return (red, green, blue);
    }

    private static ImageFormatException CutOff(int length) =>
        new($"the BMP file ends at byte {length}, within its header: it is cut off; copy it again from its source.");
}
