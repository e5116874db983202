using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace GoNoGo.Vision.Imaging.Tiff;

/// <summary>
/// Decodes TIFF 6.0 and BigTIFF: the first page; gray, RGB and palette, with alpha; strips and tiles, interleaved or in planes;
/// integers of 1 to 16 bits and 32-bit floats; uncompressed, LZW, deflate and PackBits, with predictors.
/// </summary>
internal static unsafe class TiffDecoder
{
    /// <summary>Memory beyond this and four times the file is taken only after the packed data have proved that they hold the picture.</summary>
    private const long TrustedBytes = 10L << 20;

    /// <summary>A tile may need this much more than thrice the picture that it belongs to.</summary>
    private const long TileBytes = 8L << 20;

    /// <summary>Reads the fields from a file, of which only their parts are read.</summary>
    public static ImageInfo Identify(SafeFileHandle handle, ImageDecoderOptions options) => Identify(new TiffOnDisk(handle), options);

    /// <summary>Reads the fields; they may lie anywhere, so that the whole file is needed.</summary>
    public static ImageInfo Identify(ReadOnlySpan<byte> content, ImageDecoderOptions options)
    {
        fixed (byte* file = content)
        {
            return Identify(new TiffMemory(file, content.Length), options);
        }
    }

    /// <summary>Decodes the first page.</summary>
    public static Image Decode(ReadOnlySpan<byte> content, ImageDecoderOptions options)
    {
        fixed (byte* file = content)
        {
            (TiffLayout layout, TiffSegments segments) = Read(new TiffMemory(file, content.Length), options);
            ImageInfo info = Info(layout);
            if (info.SampleCount > Array.MaxLength || segments.RawBytes(0) > Array.MaxLength)
            {
                throw new ImageFormatException(
                    $"the TIFF picture has {info.SampleCount} samples and segments of {segments.RawBytes(0)} bytes, more than the {Array.MaxLength} that an array holds; split the picture.");
            }

            if (segments.IsTiled && segments.RawBytes(0) > (3 * info.DecodedBytes) + TileBytes)
            {
                throw new ImageFormatException(
                    $"the TIFF picture of {info.Width} x {info.Height} pixels has tiles of {segments.Width} x {segments.Height}, far larger than itself; the file is damaged.");
            }

            var run = new Run(layout, segments, file);
            long working = run.IsDirect ? 0 : segments.RawBytes(0);
            if (info.DecodedBytes + working > TrustedBytes + (4L * content.Length))
            {
                run.Measure();
            }

            Image image = Image.Rent(info.Width, info.Height, info.Channels, info.BitDepth);
            image.Orientation = info.Orientation;
            image.Pages = info.Pages;
            try
            {
                fixed (byte* bytes = image.Samples8)
                fixed (ushort* words = image.Samples16)
                fixed (float* floats = image.SamplesFloat)
                {
                    run.Decode(bytes is not null ? bytes : words is not null ? (byte*)words : (byte*)floats);
                }

                if (layout.Color == TiffColor.WhiteIsZero && layout.Bits >= 8)
                {
                    TiffInvert.Run(image);
                }

                return image;
            }
            catch
            {
                image.Dispose();
                throw;
            }
        }
    }

    private static ImageInfo Identify(TiffSource source, ImageDecoderOptions options) => Info(Read(source, options).Layout);

    private static (TiffLayout Layout, TiffSegments Segments) Read(TiffSource source, ImageDecoderOptions options)
    {
        TiffDirectory directory = TiffDirectory.Read(source);
        TiffLayout layout = TiffLayout.Read(directory);
        options.Check(layout.Width, layout.Height, "TIFF");
        return (layout, TiffSegments.Read(layout, source, directory));
    }

    private static ImageInfo Info(TiffLayout layout) =>
        new(ImageKind.Tiff, layout.Width, layout.Height, layout.Channels, layout.BitDepth) { Pages = layout.Pages, Orientation = layout.Orientation };

    /// <summary>One decoding.</summary>
    private sealed class Run(TiffLayout layout, TiffSegments segments, byte* file)
    {
        private readonly int _pixelBytes = layout.Channels * layout.BitDepth / 8;
        private readonly int _planes = layout.IsPlanar ? layout.Used : 1;

        /// <summary>Whether strips are unpacked to where they belong, needing no conversion beyond what is done in place.</summary>
        public bool IsDirect { get; } =
            !segments.IsTiled && !layout.IsPlanar && layout.Bits >= 8 && layout.Palette is null && layout.Samples == layout.Channels;

        /// <summary>Makes sure that the packed data hold the picture.</summary>
        public void Measure()
        {
            for (long index = 0; index < _planes * segments.PlaneCount; index++)
            {
                long raw = segments.RawBytes((int)(index % segments.PlaneCount / segments.Across));
                using Packed packed = Open(index, raw);
                RequireWhole(TiffUnpack.Measure(layout.Packing, packed.Bytes, raw), raw);
            }
        }

        public void Decode(byte* picture)
        {
            var rows = new TiffRows(layout);
            using var segment = new Scratch(IsDirect ? 0 : segments.RawBytes(0));
            using var row = new Scratch(layout.Predictor == 3 ? layout.RowBytes(segments.Width) : 0);
            long index = 0;
            for (int plane = 0; plane < _planes; plane++)
            {
                for (int down = 0; down < segments.Down; down++)
                {
                    for (int across = 0; across < segments.Across; across++, index++)
                    {
                        int raw = (int)segments.RawBytes(down);
                        long first = (long)down * segments.Height * layout.Width * _pixelBytes;
                        Span<byte> target = IsDirect ? new Span<byte>(picture + first, raw) : segment.Span[..raw];
                        Unpack(index, target, row.Span);
                        if (!IsDirect)
                        {
                            Place(in rows, target, plane, down, across, picture + first);
                        }
                    }
                }
            }
        }

        private void Unpack(long index, Span<byte> target, Span<byte> scratch)
        {
            using (Packed packed = Open(index, target.Length))
            {
                RequireWhole(TiffUnpack.Run(layout.Packing, packed.Bytes, target), target.Length);
            }

            int rowBytes = (int)layout.RowBytes(segments.Width);
            for (int at = 0; at < target.Length; at += rowBytes)
            {
                TiffPredictor.Row(layout, target.Slice(at, rowBytes), scratch);
            }
        }

        private void Place(in TiffRows rows, ReadOnlySpan<byte> segment, int plane, int down, int across, byte* firstRow)
        {
            long left = (long)across * segments.Width;
            int count = (int)Math.Min(segments.Width, layout.Width - left);
            int rowBytes = (int)layout.RowBytes(segments.Width);
            for (int y = 0; y < segments.Rows(down); y++)
            {
                byte* target = firstRow + ((((long)y * layout.Width) + left) * _pixelBytes);
                rows.Place(segment.Slice(y * rowBytes, rowBytes), plane, count, new Span<byte>(target, count * _pixelBytes));
            }
        }

        private Packed Open(long index, long raw)
        {
            (long position, long length) = segments.Find(index);
            // No packing needs much more than the samples themselves, and no more is looked at.
            length = Math.Min(Math.Min(length, (2 * raw) + (1 << 16)), Array.MaxLength);
            return new Packed(new ReadOnlySpan<byte>(file + position, (int)length), layout.ReversesBits);
        }

        private static void RequireWhole(long unpacked, long raw)
        {
            if (unpacked < raw)
            {
                throw new ImageFormatException($"the packed pixel data of the TIFF file end after {unpacked} of {raw} bytes of a strip or tile: the file is cut off or damaged; copy it again from its source.");
            }
        }
    }

    /// <summary>The bytes of a segment as its packing wants them.</summary>
    private readonly ref struct Packed
    {
        private readonly Scratch _scratch;
        private readonly bool _owns;

        public Packed(ReadOnlySpan<byte> bytes, bool reverses)
        {
            Bytes = bytes;
            _owns = reverses;
            if (reverses)
            {
                _scratch = new Scratch(bytes.Length);
                TiffInvert.ReverseBits(bytes, _scratch.Span);
                Bytes = _scratch.Span;
            }
        }

        public ReadOnlySpan<byte> Bytes { get; }

        public void Dispose()
        {
            if (_owns)
            {
                _scratch.Dispose();
            }
        }
    }
}
