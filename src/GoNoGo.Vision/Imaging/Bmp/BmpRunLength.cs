namespace GoNoGo.Vision.Imaging.Bmp;

/// <summary>The run-length forms of bitmaps, RLE8 and RLE4.</summary>
internal static class BmpRunLength
{
    /// <summary>Decodes palette indices, <c>[height, width]</c> in the row order of the file; pixels that the data skip become 0.</summary>
    /// <param name="data">The encoded pixels.</param>
    /// <param name="width">Pixels a row.</param>
    /// <param name="height">Number of rows.</param>
    /// <param name="nibbles">RLE4: two indices a byte.</param>
    /// <param name="destination">Receives the indices; empty to check the data only.</param>
    /// <exception cref="ImageFormatException">The data end too early or lead outside the picture.</exception>
    public static void Decode(ReadOnlySpan<byte> data, int width, int height, bool nibbles, Span<byte> destination)
    {
        destination.Clear();
        long x = 0;
        long y = 0;
        int at = 0;
        while (y < height)
        {
            int count = Next(data, ref at);
            int value = Next(data, ref at);
            if (count > 0)
            {
                Require(x + count <= width, width, height);
                for (int i = 0; i < count && !destination.IsEmpty; i++)
                {
                    destination[(int)((y * width) + x + i)] = Index(value, i, nibbles);
                }

                x += count;
                continue;
            }

            switch (value)
            {
                case 0:
                    x = 0;
                    y++;
                    break;
                case 1:
                    return;
                case 2:
                    x += Next(data, ref at);
                    y += Next(data, ref at);
                    Require(x <= width && y < height, width, height);
                    break;
                default:
                    Require(x + value <= width, width, height);
                    int bytes = nibbles ? (value + 1) / 2 : value;
                    if (data.Length - at < bytes)
                    {
                        throw CutOff();
                    }

                    for (int i = 0; i < value && !destination.IsEmpty; i++)
                    {
                        destination[(int)((y * width) + x + i)] = nibbles ? Index(data[at + (i / 2)], i, true) : data[at + i];
                    }

                    x += value;
                    // Literal runs are padded to an even number of bytes; at the very end the padding may be missing.
                    at = Math.Min(at + bytes + (bytes & 1), data.Length);
                    break;
            }
        }
    }

    private static byte Index(int value, int position, bool nibbles) =>
        (byte)(!nibbles ? value : (position & 1) == 0 ? value >> 4 : value & 15);

    private static int Next(ReadOnlySpan<byte> data, ref int at) => at < data.Length ? data[at++] : throw CutOff();

    private static void Require(bool inside, int width, int height)
    {
        if (!inside)
        {
            throw new ImageFormatException($"the run-length data of the BMP file lead outside its {width} x {height} pixels; the file is damaged.");
        }
    }

    private static ImageFormatException CutOff() =>
        new("the run-length data of the BMP file end before the picture does: the file is cut off; copy it again from its source.");
}
