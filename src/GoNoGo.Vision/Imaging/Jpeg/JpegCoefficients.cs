namespace GoNoGo.Vision.Imaging.Jpeg;

/// <summary>The way from a progressive picture's coefficients to samples.</summary>
internal static unsafe class JpegCoefficients
{
    /// <summary>Transforms the blocks of a row of units.</summary>
    public static void ToSamples(JpegFrame frame, int unitRow)
    {
        foreach (JpegComponent component in frame.Components)
        {
            int size = component.BlockSize;
            delegate*<short*, int*, byte*, nint, void> transform = JpegTransform.Of(size);
            fixed (int* steps = component.Quantization)
            {
                int end = Math.Min((unitRow + 1) * component.V, component.BlocksHigh);
                for (int row = unitRow * component.V; row < end; row++)
                {
                    short* block = component.Block(row, 0);
                    byte* destination = component.Row(row * size);
                    for (int column = 0; column < component.BlocksWide; column++)
                    {
                        if (new ReadOnlySpan<short>(block + 1, 63).ContainsAnyExcept((short)0))
                        {
                            transform(block, steps, destination, component.Stride);
                        }
                        else
                        {
                            JpegTransform.Flat(block[0] * steps[0], size, destination, component.Stride);
                        }

                        block += 64;
                        destination += size;
                    }
                }
            }
        }
    }
}
