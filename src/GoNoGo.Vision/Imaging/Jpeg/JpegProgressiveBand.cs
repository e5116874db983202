namespace GoNoGo.Vision.Imaging.Jpeg;

/// <summary>The AC coefficients of one band, block by block: their first bits, or one more bit of them.</summary>
internal sealed unsafe class JpegProgressiveBand(JpegHuffmanTable table, int first, int last, int low)
{
    /// <summary>How many blocks, the next included, have nothing more in this band.</summary>
    public int EndOfBandRun { get; set; }

    /// <summary>The first scan of the band (T.81, figure G.3).</summary>
    public void First(ref JpegBits source, short* block)
    {
        if (EndOfBandRun > 0)
        {
            EndOfBandRun--;
            return;
        }

        JpegBits bits = source;
        fixed (byte* zigzag = ZigZag.Order)
        fixed (ushort* codes = table.Codes)
        {
            int k = first;
            while (k <= last)
            {
                bits.Fill();
                int symbol = bits.TakeSymbol(codes, table);
                int run = symbol >> 4;
                int size = symbol & 15;
                if (size != 0)
                {
                    k += run;
                    block[zigzag[k]] = (short)(bits.TakeValue(size) << low);
                    k++;
                }
                else if (run == 15)
                {
                    k += 16;
                }
                else
                {
                    EndOfBandRun = TakeRun(ref bits, run) - 1;
                    break;
                }
            }

            RequireInside(k);
        }

        source = bits;
    }

    /// <summary>A later scan of the band, which brings the bit <c>low</c> (T.81, figure G.7).</summary>
    public void Refine(ref JpegBits source, short* block)
    {
        JpegBits bits = source;
        int k = first;
        fixed (byte* zigzag = ZigZag.Order)
        fixed (ushort* codes = table.Codes)
        {
            if (EndOfBandRun == 0)
            {
                while (k <= last)
                {
                    bits.Fill();
                    int symbol = bits.TakeSymbol(codes, table);
                    int run = symbol >> 4;
                    int size = symbol & 15;
                    int value = 0;
                    if (size != 0)
                    {
                        if (size != 1)
                        {
                            throw JpegError.Damaged("a refining scan brings a coefficient of more than one bit");
                        }

                        value = bits.TakeBit() != 0 ? 1 << low : -(1 << low);
                    }
                    else if (run != 15)
                    {
                        EndOfBandRun = TakeRun(ref bits, run);
                        break;
                    }

                    // Over known coefficients, which get their bit, and over the run's zeros.
                    for (; k <= last; k++)
                    {
                        short* coefficient = block + zigzag[k];
                        if (*coefficient != 0)
                        {
                            RefineOne(ref bits, coefficient);
                        }
                        else if (run-- == 0)
                        {
                            break;
                        }
                    }

                    if (value != 0)
                    {
                        RequireInside(k + 1);
                        block[zigzag[k]] = (short)value;
                    }

                    k++;
                }
            }

            if (EndOfBandRun > 0)
            {
                for (; k <= last; k++)
                {
                    short* coefficient = block + zigzag[k];
                    if (*coefficient != 0)
                    {
                        RefineOne(ref bits, coefficient);
                    }
                }

                EndOfBandRun--;
            }
        }

        source = bits;
    }

    private static int TakeRun(ref JpegBits bits, int size) => size == 0 ? 1 : (1 << size) + bits.TakeUnsigned(size);

    private void RefineOne(ref JpegBits bits, short* coefficient)
    {
        bits.Fill();
        if (bits.TakeBit() != 0 && (*coefficient & (1 << low)) == 0)
        {
            *coefficient += (short)(*coefficient >= 0 ? 1 << low : -(1 << low));
        }
    }

    private void RequireInside(int k)
    {
        if (k > last + 1)
        {
            throw JpegError.Damaged("the coded data hold a coefficient beyond the end of its band");
        }
    }
}
