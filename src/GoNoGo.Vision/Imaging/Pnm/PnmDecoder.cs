using System.Buffers.Binary;

namespace GoNoGo.Vision.Imaging.Pnm;

/// <summary>
/// Decodes Netpbm pictures P1 to P6. Values are scaled to the full range of 8 bits, or of 16 where the largest value is above 255
/// (rounded to the nearest, ties to even, as Pillow does).
/// </summary>
internal static class PnmDecoder
{
    /// <summary>Reads the header.</summary>
    public static ImageInfo Identify(ReadOnlySpan<byte> content, ImageDecoderOptions options)
    {
        PnmHeader header = PnmHeader.Read(content);
        options.Check(header.Width, header.Height, "PNM");
        return new ImageInfo(ImageKind.Pnm, header.Width, header.Height, header.Channels, header.BitDepth);
    }

    /// <summary>Decodes the picture; of a file with several pictures, the first.</summary>
    public static Image Decode(ReadOnlySpan<byte> content, ImageDecoderOptions options)
    {
        PnmHeader header = PnmHeader.Read(content);
        options.Check(header.Width, header.Height, "PNM");
        long available = Math.Max(content.Length - header.PixelOffset, 0);
        if (header.LeastBytes() > available || (long)header.Width * header.Height * header.Channels > Array.MaxLength)
        {
            throw new ImageFormatException(
                $"the PNM header says {header.Width} x {header.Height} pixels, which take at least {header.LeastBytes()} bytes, but {available} are there: the file is cut off or damaged.");
        }

        Image image = Image.Rent(header.Width, header.Height, header.Channels, header.BitDepth);
        try
        {
            ReadOnlySpan<byte> pixels = content[header.PixelOffset..];
            if (header.IsBitmap)
            {
                ReadBitmap(pixels, in header, image.Samples8);
            }
            else if (header.BitDepth == 8)
            {
                Read8(pixels, in header, image.Samples8);
            }
            else
            {
                Read16(pixels, in header, image.Samples16);
            }

            return image;
        }
        catch
        {
            image.Dispose();
            throw;
        }
    }

    private static void ReadBitmap(ReadOnlySpan<byte> pixels, in PnmHeader header, Span<byte> destination)
    {
        int at = 0;
        int stride = (int)((header.Width + 7L) / 8);
        for (int y = 0; y < header.Height; y++)
        {
            for (int x = 0; x < header.Width; x++)
            {
                bool black = header.IsText
                    ? TextBit(pixels, ref at)
                    : (pixels[(y * stride) + (x >> 3)] & (0x80 >> (x & 7))) != 0;
                destination[(y * header.Width) + x] = black ? (byte)0 : (byte)255;
            }
        }
    }

    /// <summary>The digits of a P1 bitmap need no space between them.</summary>
    private static bool TextBit(ReadOnlySpan<byte> pixels, ref int at)
    {
        PnmHeader.SkipSpace(pixels, ref at);
        if (at >= pixels.Length || pixels[at] is not ((byte)'0' or (byte)'1'))
        {
            throw new ImageFormatException(at >= pixels.Length
                ? "the PNM file ends before its last pixel: it is cut off; copy it again from its source."
                : $"the PNM bitmap has the byte {pixels[at]} where 0 or 1 was expected; the file is damaged.");
        }

        return pixels[at++] == '1';
    }

    private static void Read8(ReadOnlySpan<byte> pixels, in PnmHeader header, Span<byte> destination)
    {
        if (!header.IsText && header.Largest == 255)
        {
            pixels[..destination.Length].CopyTo(destination);
            return;
        }

        Span<byte> scaled = stackalloc byte[256];
        for (int value = 0; value <= header.Largest; value++)
        {
            scaled[value] = (byte)Math.Round(value * 255.0 / header.Largest);
        }

        int at = 0;
        for (int i = 0; i < destination.Length; i++)
        {
            int value = header.IsText ? PnmHeader.Number(pixels, ref at, "next sample") : pixels[i];
            destination[i] = scaled[Checked(value, in header)];
        }
    }

    private static void Read16(ReadOnlySpan<byte> pixels, in PnmHeader header, Span<ushort> destination)
    {
        double scale = 65535.0 / header.Largest;
        int at = 0;
        for (int i = 0; i < destination.Length; i++)
        {
            int value = header.IsText ? PnmHeader.Number(pixels, ref at, "next sample") : BinaryPrimitives.ReadUInt16BigEndian(pixels[(2 * i)..]);
            destination[i] = (ushort)Math.Round(Checked(value, in header) * scale);
        }
    }

    private static int Checked(int value, in PnmHeader header) => value <= header.Largest
        ? value
        : throw new ImageFormatException($"the PNM file has a sample of {value}, above the largest value {header.Largest} of its header; the file is damaged.");
}
