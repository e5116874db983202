using GoNoGo.Vision.Imaging.Exif;

namespace GoNoGo.Vision.Imaging.Jpeg;

/// <summary>
/// Decodes JPEG (ITU-T T.81, JFIF): baseline, extended sequential and progressive coding of 8 bits with Huffman codes, gray,
/// YCbCr and RGB, all samplings, restart markers. The samples are those of libjpeg-turbo at its defaults (accurate integer
/// transform, triangle filter for chroma of half the size).
/// </summary>
/// <remarks>
/// Data that end early or contradict the format are refused, never filled up. A progressive picture whose last scans are missing
/// on purpose is not smoothed, as libjpeg would. Orientation is reported and not applied.
/// </remarks>
internal sealed unsafe class JpegDecoder : IDisposable
{
    /// <summary>No coding takes less than so many bits for a block: a DC code and an end of block.</summary>
    private const int LeastSequentialBits = 2;

    private const int LeastProgressiveBits = 1;

    /// <summary>
    /// Memory beyond this and so many times the file is taken only after the first scan was read without it and proved to be whole. Photographs stay
    /// below, at 4 bits a pixel as at a half.
    /// </summary>
    private const long TrustedBytes = 10L << 20;

    private const long TrustedBytesOfByte = 48;

    /// <summary>Blocks without bits of their own that the scans of a progressive picture may visit: so many, and as many for each byte.</summary>
    private const long VisitedBlocks = 1 << 22;

    private const long VisitedBlocksOfByte = 32;

    private readonly JpegTables _tables = new();
    private readonly List<JpegBuffer> _buffers = [];
    private readonly int _scale;
    private JpegFrame? _frame;
    private Image? _image;
    private bool _isJfif;
    private int _adobeTransform = -1;
    private int _orientation = 1;

    private JpegDecoder(int scale) => _scale = scale;

    /// <summary>Reads the header.</summary>
    public static ImageInfo Identify(ReadOnlySpan<byte> content, ImageDecoderOptions options)
    {
        using var decoder = new JpegDecoder(options.JpegScale);
        var segments = new JpegSegments(content);
        decoder.ReadHeader(ref segments, options);
        JpegFrame frame = decoder._frame!;
        return new ImageInfo(ImageKind.Jpeg, frame.OutputWidth, frame.OutputHeight, frame.Components.Length, 8) { Orientation = decoder._orientation };
    }

    /// <summary>Decodes the picture.</summary>
    public static Image Decode(ReadOnlySpan<byte> content, ImageDecoderOptions options)
    {
        using var decoder = new JpegDecoder(options.JpegScale);
        var segments = new JpegSegments(content);
        decoder.ReadHeader(ref segments, options);
        fixed (byte* file = content)
        {
            try
            {
                decoder.ReadScans(file, content.Length, ref segments);
                return decoder._image!;
            }
            catch
            {
                decoder._image?.Dispose();
                throw;
            }
        }
    }

    /// <summary>Gives the working memory back.</summary>
    public void Dispose()
    {
        foreach (JpegBuffer buffer in _buffers)
        {
            buffer.Dispose();
        }
    }

    private void ReadHeader(ref JpegSegments segments, ImageDecoderOptions options)
    {
        while (_frame is null)
        {
            if (!segments.TryNext(out byte marker) || marker == JpegMarker.EndOfImage)
            {
                throw new ImageFormatException("the JPEG file ends before its frame header: it is cut off or damaged; copy it again from its source.");
            }

            if (JpegMarker.IsFrame(marker))
            {
                _frame = JpegFrame.Read(marker, segments.Read(marker), _scale);
                options.Check(_frame.Width, _frame.Height, "JPEG");
            }
            else if (marker == JpegMarker.StartOfScan)
            {
                throw JpegError.Damaged("a scan stands before the frame header");
            }
            else
            {
                ReadSegment(marker, ref segments);
            }
        }
    }

    private void ReadSegment(byte marker, ref JpegSegments segments)
    {
        switch (marker)
        {
            case JpegMarker.StartOfImage:
                break;
            case JpegMarker.HuffmanTables:
                _tables.ReadHuffman(segments.Read(marker));
                break;
            case JpegMarker.QuantizationTables:
                _tables.ReadQuantization(segments.Read(marker));
                break;
            case JpegMarker.RestartInterval:
                _tables.ReadRestartInterval(segments.Read(marker));
                break;
            case JpegMarker.App0:
                _isJfif |= segments.Read(marker) is { Length: >= 12 } jfif && jfif.StartsWith("JFIF\0"u8);
                break;
            case JpegMarker.App1:
                ReadOnlySpan<byte> exif = segments.Read(marker);
                if (exif.StartsWith("Exif\0\0"u8))
                {
                    _orientation = ExifOrientation.Read(exif[6..]);
                }

                break;
            case JpegMarker.App14:
                ReadOnlySpan<byte> adobe = segments.Read(marker);
                if (adobe.Length >= 12 && adobe.StartsWith("Adobe"u8))
                {
                    _adobeTransform = adobe[11];
                }

                break;
            case JpegMarker.ArithmeticConditioning:
                throw JpegError.Unsupported("JPEG with arithmetic coding");
            case JpegMarker.HierarchicalProgression or JpegMarker.ExpandReference:
                throw JpegError.Unsupported("hierarchical JPEG");
            case JpegMarker.NumberOfLines:
                throw JpegError.Unsupported("JPEG whose height stands behind the first scan (DNL)");
            default:
                segments.Read(marker);
                break;
        }
    }

    private void ReadScans(byte* file, int length, ref JpegSegments segments)
    {
        JpegFrame frame = _frame!;
        RequireRoom(frame, length - segments.Position);
        long budget = VisitedBlocks + (VisitedBlocksOfByte * length);
        using var data = new JpegScanData(file, length);
        bool ended = false;
        // A sequential picture is over with its last component, a progressive one with the end marker.
        while (!ended && (frame.Progressive || !IsCovered(frame)) && segments.TryNext(out byte marker))
        {
            if (marker == JpegMarker.EndOfImage)
            {
                ended = true;
            }
            else if (JpegMarker.IsFrame(marker))
            {
                throw JpegError.Damaged("it has a second frame header");
            }
            else if (marker != JpegMarker.StartOfScan)
            {
                ReadSegment(marker, ref segments);
            }
            else
            {
                JpegScan scan = JpegScan.Read(segments.Read(marker), frame, _tables);
                ReadScan(frame, scan, data, segments.Position, ref budget);
                segments.Position = data.Position;
            }
        }

        if (!IsCovered(frame) || (frame.Progressive && !ended))
        {
            throw JpegError.CutOff();
        }

        if (_image is null)
        {
            MakePicture(frame, static (frame, output) =>
            {
                for (int y = 0; y < frame.UnitsHigh; y++)
                {
                    if (frame.Progressive)
                    {
                        JpegCoefficients.ToSamples(frame, y);
                    }

                    output.AfterUnitRow(y);
                }
            });
        }
    }

    private void ReadScan(JpegFrame frame, JpegScan scan, JpegScanData data, int position, ref long budget)
    {
        bool whole = !frame.Progressive && scan.Components.Length == frame.Components.Length;
        if (_buffers.Count == 0)
        {
            bool keepAll = !whole && !frame.Progressive;
            if (NeededBytes(frame, keepAll) > TrustedBytes + (TrustedBytesOfByte * data.FileLength))
            {
                Read(null, ref budget);
            }

            Allocate(frame, keepAll);
        }

        if (whole)
        {
            MakePicture(frame, (_, output) =>
            {
                long unused = 0;
                Read(output, ref unused);
            });
        }
        else
        {
            Read(null, ref budget);
        }

        void Read(JpegOutput? output, ref long visits)
        {
            if (frame.Progressive)
            {
                JpegProgressiveScan.Decode(frame, scan, _tables.RestartInterval, data, position, ref visits);
            }
            else
            {
                JpegSequentialScan.Decode(frame, scan, _tables.RestartInterval, data, position, output);
            }
        }
    }

    /// <summary>What <see cref="Allocate"/> and the picture take.</summary>
    private static long NeededBytes(JpegFrame frame, bool keepAll)
    {
        long bytes = (long)frame.OutputWidth * frame.OutputHeight * frame.Components.Length;
        foreach (JpegComponent component in frame.Components)
        {
            long samples = (long)component.PaddedBlocksWide * component.V * frame.UnitsHigh * 64;
            bytes += frame.Progressive ? sizeof(short) * samples : keepAll ? samples : 0;
        }

        return bytes;
    }

    private void MakePicture(JpegFrame frame, Action<JpegFrame, JpegOutput> make)
    {
        _image = Image.Rent(frame.OutputWidth, frame.OutputHeight, frame.Components.Length);
        _image.Orientation = _orientation;
        (_image.FullWidth, _image.FullHeight) = (frame.Width, frame.Height);
        fixed (byte* picture = _image.Samples8)
        {
            using var output = new JpegOutput(frame, IsRgb(frame), picture);
            make(frame, output);
        }
    }

    /// <summary>Whether every component has come, at least its DC values.</summary>
    private static bool IsCovered(JpegFrame frame)
    {
        foreach (JpegComponent component in frame.Components)
        {
            if (component.CodedBits[0] < 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Refuses a header that promises more blocks than the file can hold.</summary>
    private static void RequireRoom(JpegFrame frame, long bytes)
    {
        long blocks = 0;
        foreach (JpegComponent component in frame.Components)
        {
            blocks += (long)component.BlocksWide * component.BlocksHigh;
        }

        if (blocks * (frame.Progressive ? LeastProgressiveBits : LeastSequentialBits) > 8 * bytes)
        {
            throw new ImageFormatException(
                $"the JPEG header says {frame.Width} x {frame.Height} pixels, but {bytes} bytes cannot hold them: the file is cut off or damaged.");
        }

        if ((long)frame.OutputWidth * frame.OutputHeight * frame.Components.Length > Array.MaxLength)
        {
            throw new ImageFormatException($"the JPEG picture of {frame.Width} x {frame.Height} pixels has more than the {Array.MaxLength} samples that an array holds; split the picture.");
        }
    }

    private void Allocate(JpegFrame frame, bool keepAll)
    {
        foreach (JpegComponent component in frame.Components)
        {
            component.Stride = (component.PaddedBlocksWide * component.BlockSize) + JpegUpsample.Padding;
            component.KeptRows = component.V * component.BlockSize * (keepAll ? frame.UnitsHigh : 2);
            component.Samples = Buffer((long)component.Stride * component.KeptRows, zeroed: false);
            if (frame.Progressive)
            {
                long blocks = (long)component.PaddedBlocksWide * component.V * frame.UnitsHigh;
                component.Coefficients = (short*)Buffer(blocks * 64 * sizeof(short), zeroed: true);
            }
        }
    }

    private byte* Buffer(long length, bool zeroed)
    {
        var buffer = new JpegBuffer(length, zeroed);
        _buffers.Add(buffer);
        return buffer.Pointer;
    }

    /// <summary>Three components are YCbCr by JFIF; without it by what Adobe's segment says; without that unless they are called R, G, B.</summary>
    private bool IsRgb(JpegFrame frame)
    {
        if (frame.Components.Length != 3 || _isJfif)
        {
            return false;
        }

        return _adobeTransform >= 0
            ? _adobeTransform == 0
            : (frame.Components[0].Id, frame.Components[1].Id, frame.Components[2].Id) == ('R', 'G', 'B');
    }
}
