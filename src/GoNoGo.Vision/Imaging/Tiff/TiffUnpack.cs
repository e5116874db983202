using System.IO.Compression;

namespace GoNoGo.Vision.Imaging.Tiff;

/// <summary>Unpacks strips and tiles, up to the number of bytes that their pixels take; what follows is not looked at.</summary>
internal static unsafe class TiffUnpack
{
    private const int BlockBytes = 1 << 15;

    /// <summary>The most bytes that <paramref name="length"/> packed bytes can become.</summary>
    public static long Largest(TiffPacking packing, long length) => packing switch
    {
        TiffPacking.None => length,
        // Two bytes make at most 128.
        TiffPacking.PackBits => length * 64,
        // A code of 9 bits or more stands for fewer than 4096 bytes: each table entry is at most one byte longer than the last.
        TiffPacking.Lzw => length * 8 / 9 * 4096,
        // Deflate makes at most 258 bytes out of 2 bits.
        _ => length * 1032,
    };

    /// <summary>Unpacks until <paramref name="destination"/> is full.</summary>
    /// <returns>The number of bytes that came out: fewer where the packed data end before.</returns>
    /// <exception cref="ImageFormatException">The packed data are damaged.</exception>
    public static long Run(TiffPacking packing, ReadOnlySpan<byte> packed, Span<byte> destination)
    {
        switch (packing)
        {
            case TiffPacking.None:
                int count = Math.Min(packed.Length, destination.Length);
                packed[..count].CopyTo(destination);
                return count;
            case TiffPacking.Lzw:
                return TiffLzw.Unpack(packed, destination);
            case TiffPacking.PackBits:
                return TiffPackBits.Unpack(packed, destination);
            default:
                return Inflate(packed, destination, destination.Length);
        }
    }

    /// <summary>How many bytes would come out, up to <paramref name="most"/>, with hardly any memory.</summary>
    /// <exception cref="ImageFormatException">The packed data are damaged.</exception>
    public static long Measure(TiffPacking packing, ReadOnlySpan<byte> packed, long most) => packing switch
    {
        TiffPacking.None => Math.Min(packed.Length, most),
        TiffPacking.Lzw => TiffLzw.Measure(packed, most),
        TiffPacking.PackBits => TiffPackBits.Measure(packed, most),
        _ => Inflate(packed, [], most),
    };

    /// <summary>Inflates into the destination, or into nothing where that is empty.</summary>
    private static long Inflate(ReadOnlySpan<byte> packed, Span<byte> destination, long most)
    {
        using var block = new Scratch(destination.IsEmpty ? BlockBytes : 0);
        fixed (byte* bytes = packed)
        {
            try
            {
                using var memory = new UnmanagedMemoryStream(bytes, packed.Length);
                using var inflated = new ZLibStream(memory, CompressionMode.Decompress);
                long done = 0;
                while (done < most)
                {
                    Span<byte> target = destination.IsEmpty ? block.Span[..(int)Math.Min(BlockBytes, most - done)] : destination[(int)done..];
                    int read = inflated.Read(target);
                    if (read == 0)
                    {
                        return done;
                    }

                    done += read;
                }

                // The check value at the end is compared only when the end is read.
                Span<byte> beyond = stackalloc byte[1];
                _ = inflated.Read(beyond);
                return done;
            }
            catch (Exception exception) when (exception is InvalidDataException or IOException)
            {
                throw new ImageFormatException($"the deflated pixel data of the TIFF file are damaged ({exception.Message.TrimEnd('.')}); copy it again from its source.", exception);
            }
        }
    }
}
