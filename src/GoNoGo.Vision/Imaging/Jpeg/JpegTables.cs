using System.Buffers.Binary;

namespace GoNoGo.Vision.Imaging.Jpeg;

/// <summary>The quantisation and Huffman tables as they stand at one place of the file; a later segment replaces them.</summary>
internal sealed class JpegTables
{
    private readonly int[]?[] _quantization = new int[4][];
    private readonly JpegHuffmanTable?[] _dc = new JpegHuffmanTable[4];
    private readonly JpegHuffmanTable?[] _ac = new JpegHuffmanTable[4];

    /// <summary>Units between two restart markers; 0 for none.</summary>
    public int RestartInterval { get; private set; }

    /// <summary>The 64 steps of a quantisation table in natural order.</summary>
    public int[] Quantization(int index) =>
        _quantization[index] ?? throw JpegError.Damaged($"quantisation table {index} is used, but not in the file");

    /// <summary>A table for DC coefficients.</summary>
    public JpegHuffmanTable Dc(int index) => _dc[index] ?? throw Missing("DC", index);

    /// <summary>A table for AC coefficients.</summary>
    public JpegHuffmanTable Ac(int index) => _ac[index] ?? throw Missing("AC", index);

    /// <summary>Reads a DQT segment.</summary>
    public void ReadQuantization(ReadOnlySpan<byte> segment)
    {
        while (!segment.IsEmpty)
        {
            int precision = segment[0] >> 4;
            int index = segment[0] & 15;
            int length = precision == 0 ? 64 : 128;
            if (precision > 1 || index > 3 || segment.Length < 1 + length)
            {
                throw JpegError.Damaged("a quantisation table has an impossible number, precision or length");
            }

            // Components keep the table that they began with, so that a new one is a new array.
            var steps = new int[64];
            for (int k = 0; k < 64; k++)
            {
                steps[ZigZag.Order[k]] = precision == 0 ? segment[1 + k] : BinaryPrimitives.ReadUInt16BigEndian(segment[(1 + (2 * k))..]);
            }

            _quantization[index] = steps;
            segment = segment[(1 + length)..];
        }
    }

    /// <summary>Reads a DHT segment.</summary>
    public void ReadHuffman(ReadOnlySpan<byte> segment)
    {
        while (!segment.IsEmpty)
        {
            int kind = segment[0] >> 4;
            int index = segment[0] & 15;
            int total = 0;
            for (int i = 1; i <= 16 && i < segment.Length; i++)
            {
                total += segment[i];
            }

            if (kind > 1 || index > 3 || total > 256 || segment.Length < 17 + total)
            {
                throw JpegError.Damaged("a Huffman table has an impossible number, class or length");
            }

            JpegHuffmanTable?[] tables = kind == 0 ? _dc : _ac;
            JpegHuffmanTable table = tables[index] ?? new JpegHuffmanTable();
            table.Set(segment.Slice(1, 16), segment.Slice(17, total), kind == 0);
            tables[index] = table;
            segment = segment[(17 + total)..];
        }
    }

    /// <summary>Reads a DRI segment.</summary>
    public void ReadRestartInterval(ReadOnlySpan<byte> segment)
    {
        if (segment.Length != 2)
        {
            throw JpegError.Damaged("the restart interval has an impossible length");
        }

        RestartInterval = BinaryPrimitives.ReadUInt16BigEndian(segment);
    }

    private static ImageFormatException Missing(string kind, int index) =>
        JpegError.Damaged($"Huffman table {index} of {kind} coefficients is used, but not in the file");
}
