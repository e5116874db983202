using System.Buffers.Binary;
using System.Runtime.InteropServices;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Inspecting;

/// <summary>Brings raw camera buffers into the order of a decoded picture: rows without gaps, red before blue.</summary>
internal static class FrameReader
{
    /// <summary>Reads a frame of any layout.</summary>
    /// <exception cref="ArgumentException">Sizes, stride, layout and number of bytes do not fit together.</exception>
    public static Image Read(ReadOnlySpan<byte> samples, int width, int height, PixelLayout layout, int stride)
    {
        (int channels, int bytes) = FormOf(layout);
        int rowBytes = Check(samples.Length, width, height, channels * bytes, layout, ref stride);
        Image image = Image.Rent(width, height, Math.Min(channels, 3), bytes * 8);
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<byte> row = samples.Slice((int)((long)y * stride), rowBytes);
            if (bytes == 2)
            {
                Span<ushort> words = Row(image.Samples16, y, image);
                row.CopyTo(MemoryMarshal.AsBytes(words));
                if (!BitConverter.IsLittleEndian)
                {
                    BinaryPrimitives.ReverseEndianness(words, words);
                }

                continue;
            }

            Span<byte> target = Row(image.Samples8, y, image);
            switch (layout)
            {
                case PixelLayout.Rgba32:
                    Pick(row, 4, 0, 2, target);
                    break;
                case PixelLayout.Bgr24:
                    Pick(row, 3, 2, 0, target);
                    break;
                case PixelLayout.Bgra32:
                    Pick(row, 4, 2, 0, target);
                    break;
                default:
                    row.CopyTo(target);
                    break;
            }
        }

        return image;
    }

    /// <summary>Reads a frame of 16-bit samples.</summary>
    /// <exception cref="ArgumentException">As above, or the layout has other samples.</exception>
    public static Image Read(ReadOnlySpan<ushort> samples, int width, int height, PixelLayout layout, int stride)
    {
        (int channels, int bytes) = FormOf(layout);
        if (bytes != 2)
        {
            throw new ArgumentException($"Inspector.Inspect: layout {layout} has 8-bit samples, expected {PixelLayout.Gray16} or {PixelLayout.Rgb48} with 16-bit ones.", nameof(layout));
        }

        if ((stride & 1) != 0)
        {
            throw new ArgumentException($"Inspector.Inspect: stride {stride}, expected an even number of bytes with 16-bit samples.", nameof(stride));
        }

        int rowBytes = Check(2L * samples.Length, width, height, channels * 2, layout, ref stride);
        Image image = Image.Rent(width, height, channels, 16);
        for (int y = 0; y < height; y++)
        {
            samples.Slice((int)((long)y * stride / 2), rowBytes / 2).CopyTo(Row(image.Samples16, y, image));
        }

        return image;
    }

    private static (int Channels, int Bytes) FormOf(PixelLayout layout) => layout switch
    {
        PixelLayout.Gray8 => (1, 1),
        PixelLayout.Rgb24 or PixelLayout.Bgr24 => (3, 1),
        PixelLayout.Rgba32 or PixelLayout.Bgra32 => (4, 1),
        PixelLayout.Gray16 => (1, 2),
        PixelLayout.Rgb48 => (3, 2),
        _ => throw new ArgumentException($"Inspector.Inspect: there is no layout {(int)layout}.", nameof(layout)),
    };

    /// <summary>Checks what the caller says of a frame; gives the bytes of a row that are used.</summary>
    private static int Check(long length, int width, int height, int pixelBytes, PixelLayout layout, ref int stride)
    {
        if (width < 1 || height < 1 || (long)width * height * pixelBytes > Array.MaxLength)
        {
            throw new ArgumentException($"Inspector.Inspect: size {width} x {height}, expected at least 1 x 1 and at most {Array.MaxLength} bytes.", nameof(width));
        }

        int rowBytes = width * pixelBytes;
        if (stride == 0)
        {
            stride = rowBytes;
        }

        if (stride < rowBytes)
        {
            throw new ArgumentException(
                $"Inspector.Inspect: stride {stride}, expected at least the {rowBytes} bytes of a row of {width} {layout} pixels (or 0 for rows without gaps; rows run from the top down).",
                nameof(stride));
        }

        // The last row needs no gap after it.
        long needed = ((long)(height - 1) * stride) + rowBytes;
        if (length < needed)
        {
            throw new ArgumentException(
                $"Inspector.Inspect: samples hold {length} bytes, expected {needed} for {width} x {height} {layout} pixels with stride {stride}.", nameof(length));
        }

        return rowBytes;
    }

    private static Span<T> Row<T>(T[]? samples, int y, Image image)
    {
        int length = image.Width * image.Channels;
        return samples.AsSpan(y * length, length);
    }

    /// <summary>Takes three of the bytes of each pixel; green is always the second.</summary>
    private static void Pick(ReadOnlySpan<byte> row, int pixelBytes, int red, int blue, Span<byte> target)
    {
        for (int from = 0, to = 0; to < target.Length; from += pixelBytes, to += 3)
        {
            target[to] = row[from + red];
            target[to + 1] = row[from + 1];
            target[to + 2] = row[from + blue];
        }
    }
}
