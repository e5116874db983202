namespace GoNoGo.Vision.Imaging.Jpeg;

/// <summary>One colour component of a frame: its sampling, its tables and where its blocks and samples are.</summary>
internal sealed unsafe class JpegComponent
{
    /// <summary>The identifier that scans name it by.</summary>
    public required byte Id { get; init; }

    /// <summary>Horizontal sampling factor: blocks across one unit (MCU).</summary>
    public required int H { get; set; }

    /// <summary>Vertical sampling factor: blocks down one unit.</summary>
    public required int V { get; set; }

    /// <summary>The number of its quantisation table.</summary>
    public required int QuantizationIndex { get; init; }

    /// <summary>Blocks across that hold pixels of the picture.</summary>
    public int BlocksWide { get; set; }

    /// <summary>Blocks down that hold pixels of the picture.</summary>
    public int BlocksHigh { get; set; }

    /// <summary>Blocks across with those that fill up the last unit.</summary>
    public int PaddedBlocksWide { get; set; }

    /// <summary>Samples that a decoded block has in each direction: 8, or 4, 2, 1 in a scaled decode.</summary>
    public int BlockSize { get; set; }

    /// <summary>Samples of a row.</summary>
    public int Width { get; set; }

    /// <summary>Rows of samples.</summary>
    public int Height { get; set; }

    /// <summary>Bytes from one row of samples to the next.</summary>
    public int Stride { get; set; }

    /// <summary>Rows of samples that are kept: all, or those of two rows of units, overwritten in turn.</summary>
    public int KeptRows { get; set; }

    /// <summary>Row r of the samples is at r modulo <see cref="KeptRows"/>. Null where a scan is only read to see that it is whole.</summary>
    public byte* Samples { get; set; }

    /// <summary>All coefficients of a progressive picture, block after block, 64 each in natural order; null in others, and where a scan is only read.</summary>
    public short* Coefficients { get; set; }

    /// <summary>The steps of its first scan.</summary>
    public int[]? Quantization { get; set; }

    /// <summary>
    /// For each coefficient the lowest bit that has come (0: complete); -1 before its first scan. In a sequential picture only the first is used.
    /// </summary>
    public sbyte[] CodedBits { get; } = NotCoded();

    /// <summary>The row of samples <paramref name="row"/>.</summary>
    public byte* Row(int row) => Samples + ((long)(row % KeptRows) * Stride);

    /// <summary>The coefficients of a block.</summary>
    public short* Block(int row, int column) => Coefficients + (64 * (((long)row * PaddedBlocksWide) + column));

    private static sbyte[] NotCoded()
    {
        var bits = new sbyte[64];
        Array.Fill(bits, (sbyte)-1);
        return bits;
    }
}
