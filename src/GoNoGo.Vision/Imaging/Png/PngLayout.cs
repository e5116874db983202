using System.Buffers.Binary;
using System.Text;

namespace GoNoGo.Vision.Imaging.Png;

/// <summary>What a walk over the chunks found: the header, the palette and where the pixel data lie. All lengths and check values are verified.</summary>
internal struct PngLayout
{
    /// <summary>The content of IHDR.</summary>
    public PngHeader Header;

    /// <summary>The content of PLTE and tRNS, for palette pictures.</summary>
    public PngPalette Palette;

    /// <summary>What an eXIf chunk before the pixels says, 1 to 8; 0 where there is none.</summary>
    public int ExifOrientation;

    /// <summary>Where the first IDAT chunk begins (at its length field).</summary>
    public int FirstData;

    /// <summary>Where the chunk after the last IDAT begins.</summary>
    public int EndOfData;

    /// <summary>Compressed bytes in all IDAT chunks.</summary>
    public long CompressedBytes;

    private static ReadOnlySpan<byte> Signature => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>How the picture is to be turned before showing, 1 to 8.</summary>
    public readonly int Orientation => Math.Max(ExifOrientation, 1);

    /// <summary>Channels of the decoded picture.</summary>
    public readonly int Channels => Header.Color switch
    {
        PngColor.Gray => 1,
        PngColor.Rgb => 3,
        PngColor.Palette => Palette.Channels,
        _ => 4,
    };

    /// <summary>Walks the chunks up to the pixel data (<paramref name="headerOnly"/>) or to the end.</summary>
    public static PngLayout Read(ReadOnlySpan<byte> content, bool headerOnly)
    {
        if (!content.StartsWith(Signature))
        {
            throw new ImageFormatException(content.Length < 8
                ? "the PNG file ends within its signature: it is cut off; copy it again from its source."
                : "the PNG signature is damaged (a text-mode transfer does that); copy the file again in binary mode.");
        }

        var layout = new PngLayout();
        int position = 8;
        bool sawHeader = false;
        while (true)
        {
            // A header may be asked of the file's beginning alone, which need not hold the pixels.
            if (headerOnly && sawHeader && layout.AtPixels(content, position))
            {
                return layout;
            }

            Chunk chunk = ReadChunk(content, position);
            if (!sawHeader && !chunk.Type.SequenceEqual("IHDR"u8))
            {
                throw new ImageFormatException($"the PNG file begins with chunk {Name(chunk.Type)} instead of IHDR; the file is damaged.");
            }

            if (layout.FirstData > 0 && layout.EndOfData == 0 && !chunk.Type.SequenceEqual("IDAT"u8))
            {
                layout.EndOfData = position;
            }

            if (chunk.Type.SequenceEqual("IHDR"u8))
            {
                if (sawHeader)
                {
                    throw new ImageFormatException("the PNG file has a second IHDR chunk; the file is damaged.");
                }

                Verify(content, chunk, position);
                layout.Header = PngHeader.Read(chunk.Data);
                sawHeader = true;
            }
            else if (chunk.Type.SequenceEqual("PLTE"u8))
            {
                Verify(content, chunk, position);
                layout.TakePalette(chunk.Data);
            }
            else if (chunk.Type.SequenceEqual("tRNS"u8) && layout.Header.Color == PngColor.Palette && layout.FirstData == 0)
            {
                Verify(content, chunk, position);
                layout.Palette.SetAlpha(chunk.Data);
            }
            else if (chunk.Type.SequenceEqual("IDAT"u8))
            {
                if (layout.Header.Color == PngColor.Palette && layout.Palette.Count == 0)
                {
                    throw new ImageFormatException("the PNG header says palette colours, but there is no PLTE chunk before the pixels; the file is damaged.");
                }

                Verify(content, chunk, position);
                layout.TakeData(chunk.Data.Length, position);
            }
            else if (chunk.Type.SequenceEqual("IEND"u8))
            {
                Verify(content, chunk, position);
                if (layout.FirstData == 0)
                {
                    throw new ImageFormatException("the PNG file has no IDAT chunk, hence no pixels; the file is damaged.");
                }

                if (layout.EndOfData == 0)
                {
                    layout.EndOfData = position;
                }

                return layout;
            }
            else if (chunk.Type.SequenceEqual("eXIf"u8) && layout.FirstData == 0 && layout.ExifOrientation == 0)
            {
                // The picture can be read without it: where it is damaged it says nothing.
                layout.ExifOrientation = IsIntact(content, chunk, position) ? Exif.ExifOrientation.Read(chunk.Data) : 1;
            }
            else if ((chunk.Type[0] & 0x20) == 0)
            {
                Verify(content, chunk, position);
                throw new ImageFormatException($"the PNG file needs the unknown chunk {Name(chunk.Type)} to be understood; save it again as a plain PNG.");
            }

            position += chunk.Data.Length + 12;
        }
    }

    private void TakePalette(ReadOnlySpan<byte> data)
    {
        if (Palette.Count > 0 || FirstData > 0)
        {
            throw new ImageFormatException(FirstData > 0
                ? "the PNG chunk PLTE stands after the pixels; the file is damaged."
                : "the PNG file has a second PLTE chunk; the file is damaged.");
        }

        Palette.SetColors(data);
    }

    private void TakeData(int length, int position)
    {
        if (FirstData == 0)
        {
            FirstData = position;
        }
        else if (EndOfData > 0)
        {
            throw new ImageFormatException("the PNG chunks IDAT do not follow each other; the file is damaged.");
        }

        CompressedBytes += length;
    }

    private readonly bool AtPixels(ReadOnlySpan<byte> content, int position) =>
        (Header.Color != PngColor.Palette || Palette.Count > 0) && content.Length - position >= 8 && content.Slice(position + 4, 4).SequenceEqual("IDAT"u8);

    private static Chunk ReadChunk(ReadOnlySpan<byte> content, int position)
    {
        if (content.Length - position < 12)
        {
            throw new ImageFormatException($"the PNG file ends at byte {content.Length}, before its IEND chunk: it is cut off; copy it again from its source.");
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(content[position..]);
        ReadOnlySpan<byte> type = content.Slice(position + 4, 4);
        if (length > content.Length - position - 12)
        {
            throw new ImageFormatException(
                $"the PNG chunk {Name(type)} at byte {position} says {length} bytes, but only {content.Length - position - 12} are left: the file is cut off or damaged.");
        }

        return new Chunk(type, content.Slice(position + 8, (int)length));
    }

    private static void Verify(ReadOnlySpan<byte> content, Chunk chunk, int position)
    {
        if (!IsIntact(content, chunk, position))
        {
            int end = position + 8 + chunk.Data.Length;
            throw new ImageFormatException(
                $"the PNG chunk {Name(chunk.Type)} at byte {position} has check value {Crc32.Of(content[(position + 4)..end]):X8} where the file says {Stored(content, end):X8}: it is damaged; copy it again from its source.");
        }
    }

    private static bool IsIntact(ReadOnlySpan<byte> content, Chunk chunk, int position)
    {
        int end = position + 8 + chunk.Data.Length;
        return Stored(content, end) == Crc32.Of(content[(position + 4)..end]);
    }

    private static uint Stored(ReadOnlySpan<byte> content, int end) => BinaryPrimitives.ReadUInt32BigEndian(content[end..]);

    private static string Name(ReadOnlySpan<byte> type)
    {
        foreach (byte value in type)
        {
            if (!char.IsAsciiLetter((char)value))
            {
                return $"0x{Convert.ToHexString(type)}";
            }
        }

        return Encoding.ASCII.GetString(type);
    }

    private readonly ref struct Chunk(ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        public ReadOnlySpan<byte> Type { get; } = type;

        public ReadOnlySpan<byte> Data { get; } = data;
    }
}
