using System.Buffers.Binary;
using System.Numerics;

namespace GoNoGo.Vision.Imaging.Bmp;

/// <summary>
/// Decodes Windows and OS/2 bitmaps: palettes of 1, 4 and 8 bits (gray where all their colours are gray), 16 bits (555 or bit
/// fields), 24 and 32 bits (RGB; a fourth byte or alpha field is ignored), RLE8 and RLE4, rows in either order.
/// </summary>
internal static class BmpDecoder
{
    /// <summary>Run-length data make at most 255 pixels out of 2 bytes; what skips more than that is refused.</summary>
    private const long LargestExpansion = 128;

    private const long TrustedBytes = 10L << 20;

    /// <summary>Reads the headers.</summary>
    public static ImageInfo Identify(ReadOnlySpan<byte> content, ImageDecoderOptions options)
    {
        BmpHeader header = BmpHeader.Read(content);
        options.Check(header.Width, header.Height, "BMP");
        var palette = new BmpPalette(content, in header);
        return new ImageInfo(ImageKind.Bmp, header.Width, header.Height, palette.IsGray ? 1 : 3, 8);
    }

    /// <summary>Decodes the picture.</summary>
    public static Image Decode(ReadOnlySpan<byte> content, ImageDecoderOptions options)
    {
        BmpHeader header = BmpHeader.Read(content);
        options.Check(header.Width, header.Height, "BMP");
        var palette = new BmpPalette(content, in header);
        int channels = palette.IsGray ? 1 : 3;
        ReadOnlySpan<byte> pixels = content[header.PixelOffset..];
        long count = (long)header.Width * header.Height;
        long needed = header.RunLength ? (count + LargestExpansion - 1) / LargestExpansion : ((header.Height - 1L) * header.Stride) + header.RowBytes;
        if (needed > pixels.Length || count * channels > Array.MaxLength)
        {
            throw new ImageFormatException(
                $"the BMP header says {header.Width} x {header.Height} pixels of {header.BitsPerPixel} bits, which take {needed} bytes, but {pixels.Length} are there: the file is cut off or damaged.");
        }

        if (header.RunLength && count * (channels + 1) > TrustedBytes + (4L * content.Length))
        {
            BmpRunLength.Decode(pixels, header.Width, header.Height, header.BitsPerPixel == 4, []);
        }

        Image image = Image.Rent(header.Width, header.Height, channels);
        try
        {
            if (header.BitsPerPixel <= 8)
            {
                ReadIndexed(pixels, in header, in palette, image);
            }
            else
            {
                ReadColors(pixels, in header, image);
            }

            return image;
        }
        catch
        {
            image.Dispose();
            throw;
        }
    }

    private static Span<byte> Row(Image image, in BmpHeader header, int row)
    {
        int y = header.TopDown ? row : header.Height - 1 - row;
        int length = image.Width * image.Channels;
        return image.Samples8.AsSpan(y * length, length);
    }

    private static void ReadIndexed(ReadOnlySpan<byte> pixels, in BmpHeader header, in BmpPalette palette, Image image)
    {
        if (header.RunLength)
        {
            using var all = new Scratch((long)header.Width * header.Height);
            BmpRunLength.Decode(pixels, header.Width, header.Height, header.BitsPerPixel == 4, all.Span);
            for (int row = 0; row < header.Height; row++)
            {
                palette.Map(all.Span.Slice(row * header.Width, header.Width), Row(image, in header, row));
            }

            return;
        }

        using var indices = new Scratch(header.Width);
        int bits = header.BitsPerPixel;
        for (int row = 0; row < header.Height; row++)
        {
            ReadOnlySpan<byte> source = pixels.Slice((int)(row * header.Stride), (int)header.RowBytes);
            if (bits == 8)
            {
                palette.Map(source, Row(image, in header, row));
                continue;
            }

            for (int x = 0; x < header.Width; x++)
            {
                long bit = (long)x * bits;
                indices.Span[x] = (byte)((source[(int)(bit >> 3)] >> (8 - bits - (int)(bit & 7))) & ((1 << bits) - 1));
            }

            palette.Map(indices.Span, Row(image, in header, row));
        }
    }

    private static void ReadColors(ReadOnlySpan<byte> pixels, in BmpHeader header, Image image)
    {
        bool bytes = header.BitsPerPixel >= 24 && header.Masks == (0xFF0000, 0xFF00, 0xFF);
        for (int row = 0; row < header.Height; row++)
        {
            ReadOnlySpan<byte> source = pixels.Slice((int)(row * header.Stride), (int)header.RowBytes);
            Span<byte> destination = Row(image, in header, row);
            if (header.BitsPerPixel == 24)
            {
                BmpSwap.FromBgr(source, destination);
            }
            else if (bytes)
            {
                BmpSwap.FromBgrx(source, destination);
            }
            else
            {
                ReadFields(source, in header, destination);
            }
        }
    }

    private static void ReadFields(ReadOnlySpan<byte> source, in BmpHeader header, Span<byte> destination)
    {
        (uint red, uint green, uint blue) = header.Masks;
        bool two = header.BitsPerPixel == 16;
        for (int x = 0; x < header.Width; x++)
        {
            uint pixel = two
                ? BinaryPrimitives.ReadUInt16LittleEndian(source[(2 * x)..])
                : BinaryPrimitives.ReadUInt32LittleEndian(source[(4 * x)..]);
            destination[3 * x] = Field(pixel, red);
            destination[(3 * x) + 1] = Field(pixel, green);
            destination[(3 * x) + 2] = Field(pixel, blue);
        }
    }

    /// <summary>The field as a share of its full scale, floor(value * 255 / largest), as Pillow has it.</summary>
    private static byte Field(uint pixel, uint mask)
    {
        int shift = BitOperations.TrailingZeroCount(mask);
        return (byte)((ulong)((pixel & mask) >> shift) * 255 / (mask >> shift));
    }
}
