using System.Runtime.CompilerServices;

namespace GoNoGo.Vision.Imaging.Jpeg;

/// <summary>Entropy decoding of a block of a sequential picture (T.81, annex F.2.2).</summary>
internal static unsafe class JpegSequentialBlock
{
    /// <summary>Decodes the coefficients of one block.</summary>
    /// <param name="source">The data.</param>
    /// <param name="dc">The table of DC differences.</param>
    /// <param name="dcCodes">Its look-up.</param>
    /// <param name="ac">The table of AC coefficients.</param>
    /// <param name="acCodes">Its look-up.</param>
    /// <param name="acValues">Its look-up of codes with values.</param>
    /// <param name="zigzag"><see cref="ZigZag.Order"/>.</param>
    /// <param name="predicted">The DC value of the block before, and then of this one.</param>
    /// <param name="block">64 zeros, which receive the coefficients in natural order.</param>
    /// <returns>The place in coding order of the last coefficient that is not zero; 0 where there is only a DC value.</returns>
    public static int Decode(
        ref JpegBits source, JpegHuffmanTable dc, ushort* dcCodes, JpegHuffmanTable ac, ushort* acCodes, int* acValues, byte* zigzag, ref int predicted, short* block)
    {
        JpegBits bits = source;
        bits.Fill();
        int entry = dcCodes[bits.Buffer >> (64 - JpegHuffmanTable.LookupBits)];
        if (entry == 0)
        {
            entry = dc.Long((int)(bits.Buffer >> 48));
        }

        bits.Skip(entry >> 8);
        int size = entry & 15;
        if (size != 0)
        {
            predicted += bits.TakeValue(size);
        }

        block[0] = (short)predicted;
        int last = 0;
        int k = 1;
        while (k < 64)
        {
            bits.Fill();
            ulong index = bits.Buffer >> (64 - JpegHuffmanTable.LookupBits);
            int both = acValues[index];
            if (both != 0)
            {
                k += (both >> 8) & 15;
                bits.Skip(both & 255);
                block[zigzag[k]] = (short)(both >> 16);
                last = k++;
                continue;
            }

            entry = acCodes[index];
            if (entry == 0)
            {
                entry = ac.Long((int)(bits.Buffer >> 48));
            }

            bits.Skip(entry >> 8);
            size = entry & 15;
            if (size != 0)
            {
                k += (entry >> 4) & 15;
                block[zigzag[k]] = (short)bits.TakeValue(size);
                last = k++;
            }
            else if ((entry & 0xF0) == 0xF0)
            {
                k += 16;
            }
            else
            {
                break;
            }
        }

        if (k > 64 || last > 63)
        {
            ThrowOutside();
        }

        source = bits;
        return last;
    }

    private static void ThrowOutside() => throw JpegError.Damaged("the coded data hold a coefficient beyond the end of its block");
}
