using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using GoNoGo.Tensors.Formats;

namespace GoNoGo.Vision.Imaging.Png;

/// <summary>
/// Writes pictures as PNG: gray, RGB or RGBA of 8 or 16 bits, not interlaced, without any chunk that is not needed. The same
/// picture gives the same bytes.
/// </summary>
public static class PngEncoder
{
    private static ReadOnlySpan<byte> Signature => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Writes the picture to a file, which appears whole or not at all.</summary>
    /// <exception cref="FileWriteException">The file cannot be written.</exception>
    /// <exception cref="ArgumentException">The picture has float samples, which PNG does not know.</exception>
    public static void Save(Image image, string path, CompressionLevel level = CompressionLevel.Optimal) =>
        AtomicFile.Write(path, stream => Encode(image, stream, level));

    /// <summary>The picture as the bytes of a PNG file.</summary>
    /// <exception cref="ArgumentException">The picture has float samples, which PNG does not know.</exception>
    public static byte[] Encode(Image image, CompressionLevel level = CompressionLevel.Optimal)
    {
        using var stream = new MemoryStream();
        Encode(image, stream, level);
        return stream.ToArray();
    }

    /// <summary>Writes the picture to a stream, which stays open.</summary>
    /// <exception cref="ArgumentException">The picture has float samples, which PNG does not know.</exception>
    public static void Encode(Image image, Stream destination, CompressionLevel level = CompressionLevel.Optimal)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (image.BitDepth == 32)
        {
            throw new ArgumentException("PngEncoder.Encode: the picture has 32-bit float samples, expected 8 or 16 bits; TIFF holds floats.", nameof(image));
        }

        destination.Write(Signature);
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, image.Width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], image.Height);
        header[8] = (byte)image.BitDepth;
        header[9] = (byte)(image.Channels switch { 1 => PngColor.Gray, 3 => PngColor.Rgb, _ => PngColor.Rgba });
        header[10..].Clear();
        PngChunkWriter.Write(destination, "IHDR"u8, header);
        using (var chunks = new PngChunkWriter(destination))
        {
            using (var compressed = new ZLibStream(chunks, level, leaveOpen: true))
            {
                WriteRows(image, compressed);
            }

            chunks.Complete();
        }

        PngChunkWriter.Write(destination, "IEND"u8, []);
    }

    private static unsafe void WriteRows(Image image, ZLibStream compressed)
    {
        int distance = image.Channels * (image.BitDepth / 8);
        int length = checked(image.Width * distance);
        int padded = length + distance;
        using var rows = new Scratch(2L * padded);
        using var trial = new Scratch(length);
        using var filtered = new Scratch(1L + length);
        rows.Span.Clear();
        fixed (byte* rowsStart = rows.Span)
        fixed (byte* trialStart = trial.Span)
        fixed (byte* filteredStart = filtered.Span)
        {
            for (int y = 0; y < image.Height; y++)
            {
                int current = ((y & 1) * padded) + distance;
                int above = (((y + 1) & 1) * padded) + distance;
                CopyRow(image, y, rows.Span.Slice(current, length));
                PngFilter.Best(rowsStart + current, rowsStart + above, length, distance, trialStart, filteredStart);
                compressed.Write(filtered.Span);
            }
        }
    }

    private static void CopyRow(Image image, int y, Span<byte> destination)
    {
        int count = image.Width * image.Channels;
        if (image.Samples8 is { } samples8)
        {
            samples8.AsSpan(y * count, count).CopyTo(destination);
            return;
        }

        ReadOnlySpan<ushort> source = image.Samples16.AsSpan(y * count, count);
        Span<ushort> target = MemoryMarshal.Cast<byte, ushort>(destination);
        if (BitConverter.IsLittleEndian)
        {
            BinaryPrimitives.ReverseEndianness(source, target);
        }
        else
        {
            source.CopyTo(target);
        }
    }
}
