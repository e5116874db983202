using System.Buffers.Binary;

namespace GoNoGo.Vision.Imaging.Jpeg;

/// <summary>What the frame header says: size, components, coding.</summary>
internal sealed class JpegFrame
{
    private const int BlockSide = 8;

    /// <summary>Whether coefficients come in several scans.</summary>
    public required bool Progressive { get; init; }

    /// <summary>Pixels a row, as coded.</summary>
    public required int Width { get; init; }

    /// <summary>Number of rows, as coded.</summary>
    public required int Height { get; init; }

    /// <summary>One or three components.</summary>
    public required JpegComponent[] Components { get; init; }

    /// <summary>The largest horizontal sampling factor.</summary>
    public int MaxH { get; private set; } = 1;

    /// <summary>The largest vertical sampling factor.</summary>
    public int MaxV { get; private set; } = 1;

    /// <summary>Units (MCUs) across, in a scan of all components.</summary>
    public int UnitsWide { get; private set; }

    /// <summary>Units down.</summary>
    public int UnitsHigh { get; private set; }

    /// <summary>Samples that a block of a component of the largest factors is decoded to in each direction: 8, 4, 2 or 1.</summary>
    public int BlockSize { get; private set; } = BlockSide;

    /// <summary>Pixels a row of the decoded picture.</summary>
    public int OutputWidth { get; private set; }

    /// <summary>Rows of the decoded picture.</summary>
    public int OutputHeight { get; private set; }

    /// <summary>Reads a frame segment.</summary>
    /// <param name="marker">Its marker: what kind of coding it announces.</param>
    /// <param name="segment">The content.</param>
    /// <param name="scale">The picture becomes this many times smaller in each direction: 1, 2, 4 or 8.</param>
    public static JpegFrame Read(byte marker, ReadOnlySpan<byte> segment, int scale)
    {
        if (marker is not (JpegMarker.BaselineFrame or JpegMarker.ExtendedFrame or JpegMarker.ProgressiveFrame))
        {
            throw JpegError.Unsupported(JpegMarker.FrameName(marker));
        }

        if (segment.Length < 6 || segment.Length != 6 + (3 * segment[5]))
        {
            throw JpegError.Damaged("the frame header has an impossible length");
        }

        if (segment[0] != 8)
        {
            throw segment[0] is 12 or 16 ? JpegError.Unsupported($"JPEG of {segment[0]} bits") : JpegError.Damaged($"the frame header says {segment[0]} bits a sample");
        }

        int height = BinaryPrimitives.ReadUInt16BigEndian(segment[1..]);
        int width = BinaryPrimitives.ReadUInt16BigEndian(segment[3..]);
        if (height == 0)
        {
            throw JpegError.Unsupported("JPEG whose height is 0 or stands behind the first scan (DNL)");
        }

        if (width == 0)
        {
            throw JpegError.Damaged("the frame header says a width of 0");
        }

        var frame = new JpegFrame { Progressive = marker == JpegMarker.ProgressiveFrame, Width = width, Height = height, Components = ReadComponents(segment) };
        frame.Layout(scale);
        return frame;
    }

    private static JpegComponent[] ReadComponents(ReadOnlySpan<byte> segment)
    {
        int count = segment[5];
        if (count is not (1 or 3))
        {
            throw JpegError.Unsupported(count == 4 ? "JPEG of four components (CMYK or YCCK)" : $"JPEG of {count} components");
        }

        var components = new JpegComponent[count];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> one = segment.Slice(6 + (3 * i), 3);
            int h = one[1] >> 4;
            int v = one[1] & 15;
            if (h is < 1 or > 4 || v is < 1 or > 4 || one[2] > 3)
            {
                throw JpegError.Damaged($"component {i + 1} has the sampling {h} x {v} and the quantisation table {one[2]}");
            }

            for (int other = 0; other < i; other++)
            {
                if (components[other].Id == one[0])
                {
                    throw JpegError.Damaged($"two components have the number {one[0]}");
                }
            }

            components[i] = new JpegComponent { Id = one[0], H = h, V = v, QuantizationIndex = one[2] };
        }

        return components;
    }

    private void Layout(int scale)
    {
        if (Components.Length == 1)
        {
            // A lone component is coded block by block, whatever its factors say.
            Components[0].H = 1;
            Components[0].V = 1;
        }

        foreach (JpegComponent component in Components)
        {
            MaxH = Math.Max(MaxH, component.H);
            MaxV = Math.Max(MaxV, component.V);
        }

        BlockSize = BlockSide / scale;
        OutputWidth = Divide(Width, scale);
        OutputHeight = Divide(Height, scale);
        UnitsWide = Divide(Width, BlockSide * MaxH);
        UnitsHigh = Divide(Height, BlockSide * MaxV);
        foreach (JpegComponent component in Components)
        {
            component.BlocksWide = Divide(Width * component.H, MaxH * BlockSide);
            component.BlocksHigh = Divide(Height * component.V, MaxV * BlockSide);
            component.PaddedBlocksWide = UnitsWide * component.H;
            component.BlockSize = SizeOf(component);
            component.Width = Divide(Width * component.H * component.BlockSize, MaxH * BlockSide);
            component.Height = Divide(Height * component.V * component.BlockSize, MaxV * BlockSide);
        }
    }

    /// <summary>In a scaled decode, a component of fewer samples is decoded larger as long as it then needs less upsampling, as libjpeg does.</summary>
    private int SizeOf(JpegComponent component)
    {
        int size = BlockSize;
        while (size < BlockSide && MaxH * BlockSize % (component.H * size * 2) == 0 && MaxV * BlockSize % (component.V * size * 2) == 0)
        {
            size *= 2;
        }

        return size;
    }

    private static int Divide(int value, int by) => (value + by - 1) / by;
}
