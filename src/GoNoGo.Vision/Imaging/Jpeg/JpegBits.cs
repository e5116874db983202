using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace GoNoGo.Vision.Imaging.Jpeg;

/// <summary>
/// The bits of a scan, most significant first. A small value: decoding loops copy it to a local, so that it stays in registers.
/// It reads ahead without asking; <see cref="JpegScanData"/> makes sure that there is always room.
/// </summary>
internal unsafe struct JpegBits
{
    /// <summary>Where the next bytes come from.</summary>
    public byte* Next;

    /// <summary>The next bits, from the top. Below <see cref="Count"/> there may be copies of bits that are still to come.</summary>
    public ulong Buffer;

    /// <summary>How many bits of the buffer count.</summary>
    public int Count;

    /// <summary>Makes sure of at least 32 bits: the longest code (16) and the longest value behind it (15).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Fill()
    {
        if (Count < 32)
        {
            ulong bytes = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ulong>(Next));
            Buffer |= bytes >> Count;
            Next += (63 - Count) >> 3;
            Count |= 56;
        }
    }

    /// <summary>Drops bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Skip(int count)
    {
        Buffer <<= count;
        Count -= count;
    }

    /// <summary>Takes one bit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int TakeBit()
    {
        var bit = (int)(Buffer >> 63);
        Skip(1);
        return bit;
    }

    /// <summary>Takes 1 to 16 bits as an unsigned number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int TakeUnsigned(int size)
    {
        var value = (int)(Buffer >> (64 - size));
        Skip(size);
        return value;
    }

    /// <summary>Takes a value of 1 to 15 bits: with a leading 0 it is negative (T.81, table F.1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int TakeValue(int size)
    {
        // All ones where the leading bit is 1.
        var positive = (int)((long)Buffer >> 63);
        var value = (int)(Buffer >> (64 - size));
        Skip(size);
        return value + (~positive & (1 - (1 << size)));
    }

    /// <summary>Takes a Huffman code.</summary>
    /// <param name="codes">The look-up of <paramref name="table"/>.</param>
    /// <param name="table">The table.</param>
    /// <returns>Its symbol.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int TakeSymbol(ushort* codes, JpegHuffmanTable table)
    {
        int entry = codes[Buffer >> (64 - JpegHuffmanTable.LookupBits)];
        if (entry == 0)
        {
            entry = table.Long((int)(Buffer >> 48));
        }

        Skip(entry >> 8);
        return entry & 255;
    }
}
