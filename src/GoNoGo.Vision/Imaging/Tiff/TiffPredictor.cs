using System.Runtime.InteropServices;

namespace GoNoGo.Vision.Imaging.Tiff;

/// <summary>Undoes predictors, row by row and in place, and brings samples to this machine's byte order.</summary>
internal static unsafe class TiffPredictor
{
    /// <summary>Undoes what the layout says for a row of a segment.</summary>
    /// <param name="layout">The page.</param>
    /// <param name="row">The row's bytes.</param>
    /// <param name="scratch">As many bytes, for the floating-point predictor; else empty.</param>
    public static void Row(TiffLayout layout, Span<byte> row, Span<byte> scratch)
    {
        int stride = layout.IsPlanar ? 1 : layout.Samples;
        if (layout.Predictor == 3)
        {
            SumBytes(row, stride);
            JoinBytes(row, scratch);
            return;
        }

        if (layout.BigEndian == BitConverter.IsLittleEndian)
        {
            Swap(layout.Bits, row);
        }

        if (layout.Predictor == 2)
        {
            switch (layout.Bits)
            {
                case 8:
                    SumBytes(row, stride);
                    break;
                case 16:
                    Sum16(MemoryMarshal.Cast<byte, ushort>(row), stride);
                    break;
                default:
                    Sum32(MemoryMarshal.Cast<byte, uint>(row), stride);
                    break;
            }
        }
    }

    private static void Swap(int bits, Span<byte> row)
    {
        if (bits == 16)
        {
            Span<ushort> words = MemoryMarshal.Cast<byte, ushort>(row);
            System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(words, words);
        }
        else if (bits == 32)
        {
            Span<uint> words = MemoryMarshal.Cast<byte, uint>(row);
            System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(words, words);
        }
    }

    private static void SumBytes(Span<byte> row, int stride)
    {
        fixed (byte* samples = row)
        {
            int count = row.Length;
            switch (stride)
            {
                case 1:
                    int sum = 0;
                    for (int i = 0; i < count; i++)
                    {
                        samples[i] = (byte)(sum += samples[i]);
                    }

                    break;
                case 3:
                    int red = 0;
                    int green = 0;
                    int blue = 0;
                    for (int i = 0; i <= count - 3; i += 3)
                    {
                        samples[i] = (byte)(red += samples[i]);
                        samples[i + 1] = (byte)(green += samples[i + 1]);
                        samples[i + 2] = (byte)(blue += samples[i + 2]);
                    }

                    break;
                default:
                    for (int i = stride; i < count; i++)
                    {
                        samples[i] += samples[i - stride];
                    }

                    break;
            }
        }
    }

    private static void Sum16(Span<ushort> row, int stride)
    {
        for (int i = stride; i < row.Length; i++)
        {
            row[i] += row[i - stride];
        }
    }

    /// <summary>The predictor of differences on floats: on their bits, taken as integers.</summary>
    private static void Sum32(Span<uint> row, int stride)
    {
        for (int i = stride; i < row.Length; i++)
        {
            row[i] += row[i - stride];
        }
    }

    /// <summary>Floats whose bytes lie in four planes, the most significant first, whatever the byte order of the file.</summary>
    private static void JoinBytes(Span<byte> row, Span<byte> scratch)
    {
        row.CopyTo(scratch);
        int count = row.Length / 4;
        Span<uint> words = MemoryMarshal.Cast<byte, uint>(row);
        ReadOnlySpan<byte> first = scratch[..count];
        ReadOnlySpan<byte> second = scratch.Slice(count, count);
        ReadOnlySpan<byte> third = scratch.Slice(2 * count, count);
        ReadOnlySpan<byte> fourth = scratch.Slice(3 * count, count);
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = ((uint)first[i] << 24) | ((uint)second[i] << 16) | ((uint)third[i] << 8) | fourth[i];
        }
    }
}
