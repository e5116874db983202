namespace GoNoGo.Vision.Imaging.Pnm;

/// <summary>The header of a Netpbm picture, checked.</summary>
/// <param name="Kind">The digit after the P: 1 to 6.</param>
/// <param name="Width">Pixels a row.</param>
/// <param name="Height">Number of rows.</param>
/// <param name="Largest">The sample value of full scale: 1 for bitmaps, else 1 to 65535.</param>
/// <param name="PixelOffset">Where the pixels begin.</param>
internal readonly record struct PnmHeader(int Kind, int Width, int Height, int Largest, int PixelOffset)
{
    /// <summary>1 or 3.</summary>
    public int Channels => Kind is 3 or 6 ? 3 : 1;

    /// <summary>Whether samples are written as text.</summary>
    public bool IsText => Kind <= 3;

    /// <summary>Whether a sample is one bit, 1 being black.</summary>
    public bool IsBitmap => Kind is 1 or 4;

    /// <summary>Bits a sample after decoding.</summary>
    public int BitDepth => Largest > 255 ? 16 : 8;

    /// <summary>The fewest bytes that can hold the pixels.</summary>
    public long LeastBytes()
    {
        long samples = (long)Width * Height * Channels;
        return Kind switch
        {
            1 => samples,
            2 or 3 => (2 * samples) - 1,
            4 => (Width + 7L) / 8 * Height,
            _ => samples * (BitDepth / 8),
        };
    }

    /// <summary>Reads and checks the header.</summary>
    public static PnmHeader Read(ReadOnlySpan<byte> content)
    {
        int kind = content[1] - '0';
        int at = 2;
        int width = Number(content, ref at, "width");
        int height = Number(content, ref at, "height");
        int largest = kind is 1 or 4 ? 1 : Number(content, ref at, "largest value");
        if (width < 1 || height < 1 || largest is < 1 or > 65535)
        {
            throw new ImageFormatException($"the PNM header says {width} x {height} pixels with values up to {largest}, but sizes start at 1 and values end at 65535; the file is damaged.");
        }

        // Exactly one white space separates the header from binary pixels.
        return new PnmHeader(kind, width, height, largest, at + 1);
    }

    /// <summary>Reads a decimal number after white space and comments.</summary>
    public static int Number(ReadOnlySpan<byte> content, ref int at, string what)
    {
        SkipSpace(content, ref at);
        long value = 0;
        int begin = at;
        while (at < content.Length && content[at] is >= (byte)'0' and <= (byte)'9' && value <= int.MaxValue)
        {
            value = (value * 10) + content[at++] - '0';
        }

        if (at == begin || value > int.MaxValue)
        {
            throw new ImageFormatException(at >= content.Length
                ? $"the PNM file ends at byte {content.Length} where its {what} was expected: it is cut off; copy it again from its source."
                : $"the PNM file has no valid number at byte {begin} where its {what} was expected; the file is damaged.");
        }

        return (int)value;
    }

    /// <summary>Goes past white space and comments.</summary>
    public static void SkipSpace(ReadOnlySpan<byte> content, ref int at)
    {
        while (at < content.Length)
        {
            byte value = content[at];
            if (value == '#')
            {
                while (at < content.Length && content[at] is not ((byte)'\n' or (byte)'\r'))
                {
                    at++;
                }
            }
            else if (value is (byte)' ' or (>= 9 and <= 13))
            {
                at++;
            }
            else
            {
                return;
            }
        }
    }
}
