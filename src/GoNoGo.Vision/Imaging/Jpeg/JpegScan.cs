namespace GoNoGo.Vision.Imaging.Jpeg;

/// <summary>What a scan header says, checked against the frame and against the scans before.</summary>
internal sealed class JpegScan
{
    private const int MaxBlocksOfUnit = 10;

    private JpegScan(JpegComponent[] components, JpegHuffmanTable?[] dc, JpegHuffmanTable?[] ac, int first, int last, int high, int low)
    {
        Components = components;
        Dc = dc;
        Ac = ac;
        First = first;
        Last = last;
        High = high;
        Low = low;
    }

    /// <summary>The components of the scan.</summary>
    public JpegComponent[] Components { get; }

    /// <summary>The DC tables of the components; null where the scan needs none.</summary>
    public JpegHuffmanTable?[] Dc { get; }

    /// <summary>The AC tables of the components; null where the scan needs none.</summary>
    public JpegHuffmanTable?[] Ac { get; }

    /// <summary>The first coefficient in coding order.</summary>
    public int First { get; }

    /// <summary>The last coefficient.</summary>
    public int Last { get; }

    /// <summary>The lowest bit that has come before; 0 in a first scan.</summary>
    public int High { get; }

    /// <summary>The lowest bit that this scan brings.</summary>
    public int Low { get; }

    /// <summary>Reads a scan header and marks what it brings as coded.</summary>
    public static JpegScan Read(ReadOnlySpan<byte> segment, JpegFrame frame, JpegTables tables)
    {
        int count = segment.IsEmpty ? 0 : segment[0];
        if (count < 1 || count > frame.Components.Length || segment.Length != 4 + (2 * count))
        {
            throw JpegError.Damaged($"a scan header of {segment.Length} bytes names {count} components, the frame has {frame.Components.Length}");
        }

        ReadOnlySpan<byte> spectrum = segment[(1 + (2 * count))..];
        (int first, int last, int high, int low) = (spectrum[0], spectrum[1], spectrum[2] >> 4, spectrum[2] & 15);
        if (!frame.Progressive)
        {
            // Some cameras leave nonsense here; it has no meaning in a sequential picture.
            (first, last, high, low) = (0, 63, 0, 0);
        }
        else if (first > last || last > 63 || (first == 0 && last != 0) || (first > 0 && count != 1) || low > 13 || (high != 0 && low != high - 1))
        {
            throw JpegError.Damaged($"a scan has the impossible range {first} to {last}, bits {high} to {low}");
        }

        var components = new JpegComponent[count];
        var dc = new JpegHuffmanTable?[count];
        var ac = new JpegHuffmanTable?[count];
        int blocks = 0;
        for (int i = 0; i < count; i++)
        {
            byte id = segment[1 + (2 * i)];
            byte table = segment[2 + (2 * i)];
            JpegComponent component = Array.Find(frame.Components, one => one.Id == id)
                ?? throw JpegError.Damaged($"a scan names component {id}, which the frame does not have");
            if (table >> 4 > 3 || (table & 15) > 3)
            {
                throw JpegError.Damaged($"a scan names the Huffman tables {table >> 4} and {table & 15}");
            }

            components[i] = component;
            dc[i] = first == 0 && high == 0 ? tables.Dc(table >> 4) : null;
            ac[i] = last > 0 ? tables.Ac(table & 15) : null;
            component.Quantization ??= tables.Quantization(component.QuantizationIndex);
            Mark(component, frame.Progressive ? last : 0, first, high, low);
            blocks += component.H * component.V;
        }

        if (count > 1 && blocks > MaxBlocksOfUnit)
        {
            throw JpegError.Damaged($"a scan has {blocks} blocks a unit, at most {MaxBlocksOfUnit} are allowed");
        }

        return new JpegScan(components, dc, ac, first, last, high, low);
    }

    /// <summary>Every scan must bring something new: this bounds the number of scans, and finds a component named twice.</summary>
    private static void Mark(JpegComponent component, int last, int first, int high, int low)
    {
        for (int k = first; k <= last; k++)
        {
            int expected = high == 0 ? -1 : high;
            if (component.CodedBits[k] != expected)
            {
                throw JpegError.Damaged($"a scan brings coefficients of component {component.Id} again, or out of order");
            }

            component.CodedBits[k] = (sbyte)low;
        }
    }
}
