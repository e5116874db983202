using System.IO.Compression;
using System.Runtime.InteropServices;

namespace GoNoGo.Vision.Imaging.Png;

/// <summary>
/// Decodes PNG (ISO/IEC 15948): all colour types, bit depths, filters and interlacing. Rows are inflated, unfiltered and written
/// to the picture in small blocks that stay in the cache. A colour key (tRNS of gray and RGB pictures) is ignored: it is no alpha.
/// </summary>
internal static unsafe class PngDecoder
{
    /// <summary>Deflate makes at most 258 bytes out of 2 bits: no stream can inflate by more than this.</summary>
    private const long LargestInflation = 1032;

    /// <summary>Memory beyond this and four times the file is taken only after the stream has proved that it holds the picture.</summary>
    private const long TrustedBytes = 10L << 20;

    private const int BlockBytes = 1 << 16;

    /// <summary>Room behind a buffer, for vector code that touches bytes after a row's end.</summary>
    private const int Padding = 16;

    /// <summary>Reads the header.</summary>
    public static ImageInfo Identify(ReadOnlySpan<byte> content, ImageDecoderOptions options)
    {
        PngLayout layout = PngLayout.Read(content, headerOnly: true);
        options.Check(layout.Header.Width, layout.Header.Height, "PNG");
        return Info(in layout);
    }

    /// <summary>Decodes the picture.</summary>
    public static Image Decode(ReadOnlySpan<byte> content, ImageDecoderOptions options)
    {
        PngLayout layout = PngLayout.Read(content, headerOnly: false);
        PngHeader header = layout.Header;
        options.Check(header.Width, header.Height, "PNG");
        ImageInfo info = Info(in layout);
        if (info.SampleCount > Array.MaxLength)
        {
            throw new ImageFormatException($"the PNG picture has {info.SampleCount} samples, more than the {Array.MaxLength} that an array holds; split the picture.");
        }

        long raw = header.RawBytes();
        if (raw > LargestInflation * layout.CompressedBytes)
        {
            throw new ImageFormatException(
                $"the PNG header says {header.Width} x {header.Height} pixels, but {layout.CompressedBytes} compressed bytes cannot hold them: the file is cut off or damaged.");
        }

        fixed (byte* file = content)
        {
            try
            {
                if (info.DecodedBytes + WorkingBytes(in header, info) > TrustedBytes + (4L * content.Length))
                {
                    using ZLibStream trial = Open(file, in layout);
                    Measure(trial, raw);
                }

                using ZLibStream pixels = Open(file, in layout);
                return Decode(pixels, in layout, info);
            }
            catch (Exception exception) when (exception is InvalidDataException or IOException and not ImageFormatException)
            {
                throw new ImageFormatException($"the compressed pixel data of the PNG file are damaged ({exception.Message.TrimEnd('.')}); copy it again from its source.", exception);
            }
        }
    }

    private static ImageInfo Info(in PngLayout layout) =>
        new(ImageKind.Png, layout.Header.Width, layout.Header.Height, layout.Channels, layout.Header.DecodedBitDepth) { Orientation = layout.Orientation };

    /// <summary>The most that the buffers of <see cref="ReadPass"/> take beside the picture.</summary>
    private static long WorkingBytes(in PngHeader header, ImageInfo info)
    {
        long rows = header.IsDirect && !header.Interlaced ? 1 : 3;
        return BlockBytes + (rows * header.RowBytes(header.Width)) + (header.Interlaced ? info.DecodedBytes / info.Height : 0);
    }

    private static ZLibStream Open(byte* file, in PngLayout layout) =>
        new(new PngDataStream(file, layout.FirstData, layout.EndOfData), CompressionMode.Decompress);

    /// <summary>Inflates everything into a small buffer: the stream holds exactly what the header promises, or this throws.</summary>
    private static void Measure(ZLibStream pixels, long raw)
    {
        using var scratch = new Scratch(BlockBytes);
        while (raw > 0)
        {
            int count = (int)Math.Min(raw, BlockBytes);
            ReadExactly(pixels, scratch.Span[..count]);
            raw -= count;
        }

        RequireEnd(pixels);
    }

    private static void RequireEnd(ZLibStream pixels)
    {
        Span<byte> beyond = stackalloc byte[1];
        if (pixels.Read(beyond) != 0)
        {
            throw new ImageFormatException("the PNG file holds more compressed pixel data than its header says; the file is damaged or hostile.");
        }
    }

    private static Image Decode(ZLibStream pixels, in PngLayout layout, ImageInfo info)
    {
        Image image = Image.Rent(info.Width, info.Height, info.Channels, info.BitDepth);
        try
        {
            if (!layout.Header.Interlaced)
            {
                ReadPass(pixels, in layout, image, new Adam7Pass(0, 0, 1, 1));
            }
            else
            {
                foreach (Adam7Pass pass in Adam7Pass.All)
                {
                    if (pass.Columns(info.Width) > 0 && pass.Rows(info.Height) > 0)
                    {
                        ReadPass(pixels, in layout, image, pass);
                    }
                }
            }

            RequireEnd(pixels);
            image.Orientation = info.Orientation;
            return image;
        }
        catch
        {
            image.Dispose();
            throw;
        }
    }

    /// <summary>Reads one pass, or the whole picture where it is not interlaced.</summary>
    private static void ReadPass(ZLibStream pixels, in PngLayout layout, Image image, Adam7Pass pass)
    {
        PngHeader header = layout.Header;
        int width = pass.Columns(image.Width);
        int height = pass.Rows(image.Height);
        bool direct = header.IsDirect && !header.Interlaced;
        long rowBytes = header.RowBytes(width);
        long stride = rowBytes + 1;
        int blockRows = (int)Math.Clamp(BlockBytes / stride, 1, height);
        using var block = new Scratch((blockRows * stride) + Padding);
        // A direct picture is unfiltered in place of its rows; others alternate between two rows and expand from there.
        using var rows = new Scratch(direct ? 0 : 2 * (rowBytes + Padding));
        int sampleBytes = image.BitDepth / 8;
        int pixelBytes = image.Channels * sampleBytes;
        using var sparse = new Scratch(header.Interlaced ? (long)width * pixelBytes : 0);
        Span<byte> samples = image.Samples8 is { } samples8 ? samples8 : MemoryMarshal.AsBytes(image.Samples16.AsSpan());
        fixed (byte* blockStart = block.Span)
        fixed (byte* rowsStart = rows.Span)
        fixed (byte* picture = samples)
        {
            byte* above = null;
            for (int first = 0; first < height; first += blockRows)
            {
                int count = Math.Min(blockRows, height - first);
                ReadExactly(pixels, block.Span[..(int)(count * stride)]);
                for (int row = 0; row < count; row++)
                {
                    int y = first + row;
                    byte* filtered = blockStart + (row * stride);
                    byte* current = direct ? picture + (y * rowBytes) : rowsStart + ((y & 1) * (rowBytes + Padding));
                    PngUnfilter.Row(*filtered, filtered + 1, above, (int)rowBytes, header.FilterDistance, current);
                    above = current;
                    if (direct)
                    {
                        continue;
                    }

                    long line = (long)image.Width * pixelBytes * (pass.FirstRow + ((long)y * pass.RowStep));
                    var unfiltered = new ReadOnlySpan<byte>(current, (int)rowBytes);
                    if (!header.Interlaced)
                    {
                        Expand(in layout, unfiltered, width, picture + line, width * image.Channels, sampleBytes);
                        continue;
                    }

                    fixed (byte* dense = sparse.Span)
                    {
                        Expand(in layout, unfiltered, width, dense, width * image.Channels, sampleBytes);
                        Spread(dense, width, pixelBytes, picture + line + ((long)pass.FirstColumn * pixelBytes), (long)pass.ColumnStep * pixelBytes);
                    }
                }
            }
        }
    }

    private static void Expand(in PngLayout layout, ReadOnlySpan<byte> row, int width, byte* destination, int samples, int sampleBytes)
    {
        if (sampleBytes == 1)
        {
            PngExpand.To8(in layout, row, width, new Span<byte>(destination, samples));
        }
        else
        {
            PngExpand.To16(in layout, row, width, new Span<ushort>(destination, samples));
        }
    }

    private static void Spread(byte* source, int width, int pixelBytes, byte* destination, long step)
    {
        for (int x = 0; x < width; x++)
        {
            for (int part = 0; part < pixelBytes; part++)
            {
                destination[part] = source[part];
            }

            source += pixelBytes;
            destination += step;
        }
    }

    private static void ReadExactly(ZLibStream pixels, Span<byte> destination)
    {
        int done = 0;
        while (done < destination.Length)
        {
            int read = pixels.Read(destination[done..]);
            if (read == 0)
            {
                throw new ImageFormatException("the compressed pixel data of the PNG file end before the last row: the file is cut off or damaged; copy it again from its source.");
            }

            done += read;
        }
    }
}
