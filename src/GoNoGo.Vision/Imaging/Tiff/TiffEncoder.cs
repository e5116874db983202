using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using GoNoGo.Tensors.Formats;

namespace GoNoGo.Vision.Imaging.Tiff;

/// <summary>How a TIFF file is packed.</summary>
public enum TiffCompression
{
    /// <summary>Not at all: every reader copes.</summary>
    None,

    /// <summary>Deflate (code 8) with the predictor that suits the samples: 3 for floats, 2 for integers.</summary>
    Deflate,
}

/// <summary>
/// Writes pictures as TIFF: gray, RGB or RGBA of 8 or 16 bits or 32-bit floats, in strips, least significant byte first, without any
/// field that is not needed. The same picture gives the same bytes.
/// </summary>
public static class TiffEncoder
{
    private const int StripBytes = 1 << 16;
    private const int HeaderBytes = 8;

    /// <summary>Writes the picture to a file, which appears whole or not at all.</summary>
    /// <exception cref="FileWriteException">The file cannot be written.</exception>
    /// <exception cref="ArgumentException">The picture has 2 GB or more.</exception>
    public static void Save(Image image, string path, TiffCompression compression = TiffCompression.Deflate) =>
        AtomicFile.Write(path, stream => Encode(image, stream, compression));

    /// <summary>The picture as the bytes of a TIFF file.</summary>
    /// <exception cref="ArgumentException">The picture has 2 GB or more.</exception>
    public static byte[] Encode(Image image, TiffCompression compression = TiffCompression.Deflate)
    {
        using var stream = new MemoryStream();
        Encode(image, stream, compression);
        return stream.ToArray();
    }

    /// <summary>Writes the picture to a stream, which stays open and need not be able to seek.</summary>
    /// <exception cref="ArgumentException">The picture has 2 GB or more.</exception>
    public static void Encode(Image image, Stream destination, TiffCompression compression = TiffCompression.Deflate)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(destination);
        long rowBytes = (long)image.Width * image.Channels * (image.BitDepth / 8);
        if (rowBytes * image.Height > Array.MaxLength)
        {
            throw new ArgumentException($"TiffEncoder.Encode: the picture has {rowBytes * image.Height} bytes, expected at most {Array.MaxLength}; split it.", nameof(image));
        }

        int rows = (int)Math.Clamp(StripBytes / rowBytes, 1, image.Height);
        int strips = (image.Height + rows - 1) / rows;
        var offsets = new long[strips];
        var counts = new long[strips];
        using var data = new MemoryStream();
        for (int strip = 0; strip < strips; strip++)
        {
            offsets[strip] = HeaderBytes + data.Length;
            int first = strip * rows;
            WriteRows(image, first, Math.Min(rows, image.Height - first), (int)rowBytes, compression, data);
            counts[strip] = HeaderBytes + data.Length - offsets[strip];
        }

        if ((data.Length & 1) != 0)
        {
            data.WriteByte(0);
        }

        Span<byte> header = [(byte)'I', (byte)'I', 42, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], (uint)(HeaderBytes + data.Length));
        destination.Write(header);
        data.WriteTo(destination);
        destination.Write(Fields(image, rows, offsets, counts, compression, HeaderBytes + data.Length));
    }

    private static byte[] Fields(Image image, int rows, long[] offsets, long[] counts, TiffCompression compression, long position)
    {
        bool packs = compression == TiffCompression.Deflate;
        bool isFloat = image.BitDepth == 32;
        var fields = new TiffFieldWriter();
        fields.Long(TiffTag.ImageWidth, image.Width);
        fields.Long(TiffTag.ImageLength, image.Height);
        fields.Short(TiffTag.BitsPerSample, image.BitDepth, image.Channels);
        fields.Short(TiffTag.Compression, (int)(packs ? TiffPacking.Deflate : TiffPacking.None));
        fields.Short(TiffTag.PhotometricInterpretation, (int)(image.Channels == 1 ? TiffColor.BlackIsZero : TiffColor.Rgb));
        fields.Long(TiffTag.StripOffsets, offsets);
        fields.Short(TiffTag.SamplesPerPixel, image.Channels);
        fields.Long(TiffTag.RowsPerStrip, rows);
        fields.Long(TiffTag.StripByteCounts, counts);
        fields.Short(TiffTag.PlanarConfiguration, 1);
        if (packs)
        {
            fields.Short(TiffTag.Predictor, isFloat ? 3 : 2);
        }

        if (image.Channels == 4)
        {
            // Alpha by which the colours are not multiplied.
            fields.Short(TiffTag.ExtraSamples, 2);
        }

        fields.Short(TiffTag.SampleFormat, isFloat ? 3 : 1, image.Channels);
        return fields.Build(position);
    }

    private static void WriteRows(Image image, int first, int count, int rowBytes, TiffCompression compression, MemoryStream data)
    {
        using var row = new Scratch(rowBytes);
        using var scratch = new Scratch(rowBytes);
        bool packs = compression == TiffCompression.Deflate;
        using ZLibStream? packed = packs ? new ZLibStream(data, CompressionLevel.Optimal, leaveOpen: true) : null;
        for (int y = first; y < first + count; y++)
        {
            CopyRow(image, y, row.Span);
            if (packs)
            {
                TiffDifferences.Row(row.Span, image.BitDepth, image.Channels, scratch.Span);
            }

            ((Stream?)packed ?? data).Write(row.Span);
        }
    }

    /// <summary>The samples of a row, least significant byte first.</summary>
    private static void CopyRow(Image image, int y, Span<byte> destination)
    {
        int count = image.Width * image.Channels;
        if (image.Samples8 is { } bytes)
        {
            bytes.AsSpan(y * count, count).CopyTo(destination);
        }
        else if (image.Samples16 is { } words)
        {
            Span<ushort> target = MemoryMarshal.Cast<byte, ushort>(destination);
            words.AsSpan(y * count, count).CopyTo(target);
            if (!BitConverter.IsLittleEndian)
            {
                BinaryPrimitives.ReverseEndianness(target, target);
            }
        }
        else
        {
            Span<uint> target = MemoryMarshal.Cast<byte, uint>(destination);
            MemoryMarshal.Cast<float, uint>(image.SamplesFloat.AsSpan(y * count, count)).CopyTo(target);
            if (!BitConverter.IsLittleEndian)
            {
                BinaryPrimitives.ReverseEndianness(target, target);
            }
        }
    }
}
