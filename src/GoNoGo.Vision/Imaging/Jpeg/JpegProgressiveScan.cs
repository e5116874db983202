namespace GoNoGo.Vision.Imaging.Jpeg;

/// <summary>Decodes one scan of a progressive picture into its coefficients (T.81, annex G.2).</summary>
internal static unsafe class JpegProgressiveScan
{
    /// <summary>Decodes the scan.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="scan">The scan's header.</param>
    /// <param name="restartInterval">Units between restart markers; 0 for none.</param>
    /// <param name="data">The coded data.</param>
    /// <param name="position">Where they begin.</param>
    /// <param name="budget">How many blocks may still be visited without a bit of their own.</param>
    public static void Decode(JpegFrame frame, JpegScan scan, int restartInterval, JpegScanData data, int position, ref long budget)
    {
        bool alone = scan.Components.Length == 1;
        int unitsWide = alone ? scan.Components[0].BlocksWide : frame.UnitsWide;
        int unitsHigh = alone ? scan.Components[0].BlocksHigh : frame.UnitsHigh;
        var band = scan.First > 0 ? new JpegProgressiveBand(scan.Ac[0]!, scan.First, scan.Last, scan.Low) : null;
        // What a scan brings that is only read.
        short* nothing = stackalloc short[64];
        Span<int> predicted = stackalloc int[4];
        predicted.Clear();
        JpegBits bits = data.Begin(position);
        int untilRestart = restartInterval;
        int restart = 0;
        for (int y = 0; y < unitsHigh; y++)
        {
            for (int x = 0; x < unitsWide; x++)
            {
                if (restartInterval > 0 && untilRestart-- == 0)
                {
                    data.NextInterval(ref bits, restart);
                    restart = (restart + 1) & 7;
                    untilRestart = restartInterval - 1;
                    predicted.Clear();
                    if (band is not null)
                    {
                        band.EndOfBandRun = 0;
                    }
                }

                data.Ensure(ref bits);
                if (band is null)
                {
                    DecodeDc(ref bits, scan, y, x, alone, predicted, nothing);
                    continue;
                }

                short* block = scan.Components[0].Coefficients == null ? nothing : scan.Components[0].Block(y, x);
                if (band.EndOfBandRun > 0 && --budget < 0)
                {
                    throw new ImageFormatException("the JPEG file has more scans over empty blocks than its size justifies; it is damaged or hostile.");
                }

                if (scan.High == 0)
                {
                    band.First(ref bits, block);
                }
                else
                {
                    band.Refine(ref bits, block);
                }
            }

            data.RequireNoOverrun(in bits);
        }
    }

    private static void DecodeDc(ref JpegBits bits, JpegScan scan, int y, int x, bool alone, Span<int> predicted, short* nothing)
    {
        for (int i = 0; i < scan.Components.Length; i++)
        {
            JpegComponent component = scan.Components[i];
            int h = alone ? 1 : component.H;
            int v = alone ? 1 : component.V;
            for (int row = 0; row < v; row++)
            {
                for (int column = 0; column < h; column++)
                {
                    short* block = component.Coefficients == null ? nothing : component.Block((y * v) + row, (x * h) + column);
                    bits.Fill();
                    if (scan.High != 0)
                    {
                        block[0] |= (short)(bits.TakeBit() << scan.Low);
                        continue;
                    }

                    JpegHuffmanTable table = scan.Dc[i]!;
                    int size;
                    fixed (ushort* codes = table.Codes)
                    {
                        size = bits.TakeSymbol(codes, table);
                    }

                    if (size != 0)
                    {
                        predicted[i] += bits.TakeValue(size);
                    }

                    block[0] = (short)(predicted[i] << scan.Low);
                }
            }
        }
    }
}
