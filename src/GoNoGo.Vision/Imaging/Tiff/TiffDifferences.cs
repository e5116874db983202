using System.Buffers.Binary;

namespace GoNoGo.Vision.Imaging.Tiff;

/// <summary>The predictors, forwards: what <see cref="TiffPredictor"/> undoes. Rows are in file order, least significant byte first.</summary>
internal static class TiffDifferences
{
    /// <summary>Predictor 2 for integers of 8 and 16 bits, 3 for floats.</summary>
    /// <param name="row">The row's bytes, changed in place.</param>
    /// <param name="bits">8, 16 or 32.</param>
    /// <param name="stride">Samples a pixel.</param>
    /// <param name="scratch">As many bytes as the row has.</param>
    public static void Row(Span<byte> row, int bits, int stride, Span<byte> scratch)
    {
        switch (bits)
        {
            case 8:
                Bytes(row, stride);
                break;
            case 16:
                for (int i = row.Length - 2; i >= 2 * stride; i -= 2)
                {
                    int left = BinaryPrimitives.ReadUInt16LittleEndian(row[(i - (2 * stride))..]);
                    BinaryPrimitives.WriteUInt16LittleEndian(row[i..], (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(row[i..]) - left));
                }

                break;
            default:
                // Four planes of bytes, the most significant first.
                row.CopyTo(scratch);
                int count = row.Length / 4;
                for (int i = 0; i < count; i++)
                {
                    for (int part = 0; part < 4; part++)
                    {
                        row[(part * count) + i] = scratch[(4 * i) + 3 - part];
                    }
                }

                Bytes(row, stride);
                break;
        }
    }

    private static void Bytes(Span<byte> row, int stride)
    {
        for (int i = row.Length - 1; i >= stride; i--)
        {
            row[i] -= row[i - stride];
        }
    }
}
