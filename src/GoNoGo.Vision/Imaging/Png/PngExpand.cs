using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace GoNoGo.Vision.Imaging.Png;

/// <summary>Turns a reconstructed row of the file into samples of the picture.</summary>
internal static class PngExpand
{
    /// <summary>Expands <paramref name="width"/> pixels into 8-bit samples.</summary>
    public static void To8(in PngLayout layout, ReadOnlySpan<byte> row, int width, Span<byte> destination)
    {
        PngHeader header = layout.Header;
        if (header.Color == PngColor.Palette)
        {
            Palette(in layout.Palette, header.BitDepth, row, width, destination);
        }
        else if (header.Color == PngColor.GrayAlpha)
        {
            for (int x = 0; x < width; x++)
            {
                byte gray = row[2 * x];
                uint pixel = (gray * 0x010101u) | ((uint)row[(2 * x) + 1] << 24);
                BinaryPrimitives.WriteUInt32LittleEndian(destination[(4 * x)..], pixel);
            }
        }
        else if (header.BitDepth == 8)
        {
            row.CopyTo(destination);
        }
        else
        {
            // Full scale of 1, 2 and 4 bits is 1, 3 and 15; times 255, 85 and 17 it is 255.
            int scale = 255 / ((1 << header.BitDepth) - 1);
            for (int x = 0; x < width; x++)
            {
                destination[x] = (byte)(Packed(row, x, header.BitDepth) * scale);
            }
        }
    }

    /// <summary>Expands <paramref name="width"/> pixels into 16-bit samples.</summary>
    public static void To16(in PngLayout layout, ReadOnlySpan<byte> row, int width, Span<ushort> destination)
    {
        ReadOnlySpan<ushort> samples = MemoryMarshal.Cast<byte, ushort>(row);
        if (layout.Header.Color != PngColor.GrayAlpha)
        {
            FromBigEndian(samples, destination);
            return;
        }

        for (int x = 0; x < width; x++)
        {
            ushort gray = BinaryPrimitives.ReadUInt16BigEndian(row[(4 * x)..]);
            Span<ushort> pixel = destination.Slice(4 * x, 4);
            pixel[0] = gray;
            pixel[1] = gray;
            pixel[2] = gray;
            pixel[3] = BinaryPrimitives.ReadUInt16BigEndian(row[((4 * x) + 2)..]);
        }
    }

    private static void FromBigEndian(ReadOnlySpan<ushort> source, Span<ushort> destination)
    {
        if (BitConverter.IsLittleEndian)
        {
            BinaryPrimitives.ReverseEndianness(source, destination);
        }
        else
        {
            source.CopyTo(destination);
        }
    }

    private static void Palette(in PngPalette palette, int depth, ReadOnlySpan<byte> row, int width, Span<byte> destination)
    {
        int channels = palette.Channels;
        int largest = 0;
        int at = 0;
        for (int x = 0; x < width; x++)
        {
            int index = depth == 8 ? row[x] : Packed(row, x, depth);
            largest = Math.Max(largest, index);
            uint color = palette[index];
            destination[at] = (byte)color;
            if (channels > 1)
            {
                destination[at + 1] = (byte)(color >> 8);
                destination[at + 2] = (byte)(color >> 16);
                if (channels == 4)
                {
                    destination[at + 3] = (byte)(color >> 24);
                }
            }

            at += channels;
        }

        if (largest >= palette.Count)
        {
            throw new ImageFormatException($"a PNG pixel has palette colour {largest}, but the palette has {palette.Count} colours; the file is damaged.");
        }
    }

    private static int Packed(ReadOnlySpan<byte> row, int x, int depth)
    {
        long bit = (long)x * depth;
        return (row[(int)(bit >> 3)] >> (8 - depth - (int)(bit & 7))) & ((1 << depth) - 1);
    }
}
