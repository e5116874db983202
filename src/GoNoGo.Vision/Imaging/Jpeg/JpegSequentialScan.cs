namespace GoNoGo.Vision.Imaging.Jpeg;

/// <summary>Decodes one scan of a sequential picture straight to samples, one row of units after the other.</summary>
internal static unsafe class JpegSequentialScan
{
    /// <summary>Decodes the scan.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="scan">The scan's header.</param>
    /// <param name="restartInterval">Units between restart markers; 0 for none.</param>
    /// <param name="data">The coded data.</param>
    /// <param name="position">Where they begin.</param>
    /// <param name="output">Gets a word after each row of units; null where the picture has further scans.</param>
    public static void Decode(JpegFrame frame, JpegScan scan, int restartInterval, JpegScanData data, int position, JpegOutput? output)
    {
        bool alone = scan.Components.Length == 1;
        int unitsWide = alone ? scan.Components[0].BlocksWide : frame.UnitsWide;
        int unitsHigh = alone ? scan.Components[0].BlocksHigh : frame.UnitsHigh;
        var parts = new Part[scan.Components.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            parts[i] = new Part(scan.Components[i], scan.Dc[i]!, scan.Ac[i]!, alone);
        }

        JpegBits bits = data.Begin(position);
        int untilRestart = restartInterval;
        int restart = 0;
        short* block = stackalloc short[64];
        new Span<short>(block, 64).Clear();
        fixed (byte* zigzag = ZigZag.Order)
        {
            for (int y = 0; y < unitsHigh; y++)
            {
                for (int x = 0; x < unitsWide; x++)
                {
                    if (restartInterval > 0 && untilRestart-- == 0)
                    {
                        data.NextInterval(ref bits, restart);
                        restart = (restart + 1) & 7;
                        untilRestart = restartInterval - 1;
                        foreach (Part part in parts)
                        {
                            part.Predicted = 0;
                        }
                    }

                    data.Ensure(ref bits);
                    foreach (Part part in parts)
                    {
                        part.DecodeUnit(ref bits, y, x, zigzag, block);
                    }
                }

                data.RequireNoOverrun(in bits);
                output?.AfterUnitRow(y);
            }
        }
    }

    /// <summary>One component of the scan.</summary>
    private sealed class Part(JpegComponent component, JpegHuffmanTable dc, JpegHuffmanTable ac, bool alone)
    {
        private readonly int _h = alone ? 1 : component.H;
        private readonly int _v = alone ? 1 : component.V;
        private readonly delegate*<short*, int*, byte*, nint, void> _transform = JpegTransform.Of(component.BlockSize);

        /// <summary>The DC value of the block before.</summary>
        public int Predicted;

        public void DecodeUnit(ref JpegBits bits, int y, int x, byte* zigzag, short* block)
        {
            int size = component.BlockSize;
            bool discard = component.Samples == null;
            fixed (ushort* dcCodes = dc.Codes)
            fixed (ushort* acCodes = ac.Codes)
            fixed (int* acValues = ac.Values)
            fixed (int* steps = component.Quantization)
            {
                for (int row = 0; row < _v; row++)
                {
                    byte* destination = discard ? null : component.Row(((y * _v) + row) * size) + ((long)x * _h * size);
                    for (int column = 0; column < _h; column++)
                    {
                        int last = JpegSequentialBlock.Decode(ref bits, dc, dcCodes, ac, acCodes, acValues, zigzag, ref Predicted, block);
                        if (discard)
                        {
                            new Span<short>(block, 64).Clear();
                        }
                        else if (last == 0)
                        {
                            JpegTransform.Flat(block[0] * steps[0], size, destination, component.Stride);
                            block[0] = 0;
                        }
                        else
                        {
                            _transform(block, steps, destination, component.Stride);
                            new Span<short>(block, 64).Clear();
                        }

                        destination += size;
                    }
                }
            }
        }
    }
}
