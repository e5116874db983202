namespace GoNoGo.Vision.Imaging.Jpeg;

/// <summary>
/// One Huffman table, prepared for decoding: codes of up to <see cref="LookupBits"/> bits by one look-up, longer ones by their
/// length's limit (T.81, annex F.2.2.3).
/// </summary>
internal sealed class JpegHuffmanTable
{
    /// <summary>Bits that the look-up tables are indexed with.</summary>
    public const int LookupBits = 10;

    private const int Longest = 16;

    private readonly byte[] _symbols = new byte[256];

    /// <summary>For each <see cref="LookupBits"/> bits: the code's length times 256 plus its symbol; 0 where the code is longer or none.</summary>
    public ushort[] Codes { get; } = new ushort[1 << LookupBits];

    /// <summary>
    /// For each <see cref="LookupBits"/> bits that hold a whole AC code (run, size) together with its value:
    /// value times 65536 plus run times 256 plus the bits of both; 0 where they do not.
    /// </summary>
    public int[] Values { get; } = new int[1 << LookupBits];

    /// <summary>For each length: the first 16-bit value beyond the codes of that length, left-aligned.</summary>
    private readonly int[] _limits = new int[Longest + 1];

    /// <summary>For each length: what leads from a code to the position of its symbol.</summary>
    private readonly int[] _offsets = new int[Longest + 1];

    /// <summary>Prepares the table.</summary>
    /// <param name="counts">The number of codes of length 1 to 16.</param>
    /// <param name="symbols">The symbols in the order of their codes.</param>
    /// <param name="isDc">Whether symbols are sizes of DC differences, which end at 15.</param>
    public void Set(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> symbols, bool isDc)
    {
        if (isDc && symbols.ContainsAnyExceptInRange((byte)0, (byte)15))
        {
            throw JpegError.Damaged("a Huffman table of DC coefficients holds a size above 15");
        }

        symbols.CopyTo(_symbols);
        Array.Clear(Codes);
        int code = 0;
        int position = 0;
        for (int length = 1; length <= Longest; length++)
        {
            int count = counts[length - 1];
            _offsets[length] = position - code;
            if (length <= LookupBits)
            {
                for (int i = 0; i < count && code + i < 1 << length; i++)
                {
                    var entry = (ushort)((length << 8) | _symbols[position + i]);
                    Codes.AsSpan((code + i) << (LookupBits - length), 1 << (LookupBits - length)).Fill(entry);
                }
            }

            code += count;
            position += count;
            if (code > 1 << length)
            {
                throw JpegError.Damaged($"a Huffman table has more codes of length {length} than there can be");
            }

            _limits[length] = code << (Longest - length);
            code <<= 1;
        }

        if (!isDc)
        {
            SetValues();
        }
    }

    /// <summary>Finds the symbol of a code that is longer than <see cref="LookupBits"/>.</summary>
    /// <param name="bits">The next 16 bits.</param>
    /// <returns>The code's length times 256 plus its symbol.</returns>
    public int Long(int bits)
    {
        for (int length = LookupBits + 1; length <= Longest; length++)
        {
            if (bits < _limits[length])
            {
                return (length << 8) | _symbols[(_offsets[length] + (bits >> (Longest - length))) & 255];
            }
        }

        throw JpegError.Damaged("the coded data hold a code that the Huffman table does not have");
    }

    private void SetValues()
    {
        for (int bits = 0; bits < Values.Length; bits++)
        {
            int length = Codes[bits] >> 8;
            int size = Codes[bits] & 15;
            int all = length + size;
            Values[bits] = 0;
            if (length == 0 || size == 0 || all > LookupBits)
            {
                continue;
            }

            int value = (bits >> (LookupBits - all)) & ((1 << size) - 1);
            value = value < 1 << (size - 1) ? value - (1 << size) + 1 : value;
            Values[bits] = (value << 16) | (((Codes[bits] >> 4) & 15) << 8) | all;
        }
    }
}
