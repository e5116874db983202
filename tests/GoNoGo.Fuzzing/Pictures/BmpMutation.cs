using System.Buffers.Binary;

namespace GoNoGo.Fuzzing.Pictures;

/// <summary>Mutations that know the headers of a bitmap, its palette and its run-length codes.</summary>
internal static class BmpMutation
{
    private static readonly int[] Fields = [2, 10, 14, 18, 22, 26, 30, 34, 46, 50, 54, 58, 62];
    private static readonly int[] Values = [0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 24, 32, 40, 52, 54, 56, 64, 108, 124, 255, 256];

    public static byte[] Mutate(byte[] file, Random random)
    {
        byte[] copy = [.. file];
        if (copy.Length < 34)
        {
            return copy;
        }

        switch (random.Next(6))
        {
            case 0:
                return RunLength(copy, random);
            case 1:
                // More or fewer colours, and the pixels where they were or behind them.
                int colors = random.Next(300);
                byte[] palette = new byte[4 * random.Next(300)];
                random.NextBytes(palette);
                return Put(Put([.. copy.AsSpan(0, Math.Min(54, copy.Length)), .. palette, .. copy.AsSpan(Math.Min(54, copy.Length))], 46, colors), 10, random.Next(2) == 0 ? 54 + palette.Length : 54 + (4 * colors));
            default:
                for (int round = random.Next(1, 4); round > 0; round--)
                {
                    if (random.Next(4) == 0)
                    {
                        // Bits a pixel.
                        BinaryPrimitives.WriteInt16LittleEndian(copy.AsSpan(28), (short)Values[random.Next(Values.Length)]);
                    }
                    else
                    {
                        int value = random.Next(2) == 0 ? Values[random.Next(Values.Length)] : Extremes.Size(random);
                        copy = Put(copy, Fields[random.Next(Fields.Length)], value);
                    }
                }

                return copy;
        }
    }

    /// <summary>Other codes for the pixels: runs, literal pixels, jumps, ends of rows and of the picture, and some sizes that they may fill.</summary>
    private static byte[] RunLength(byte[] file, Random random)
    {
        int bits = random.Next(2) == 0 ? 4 : 8;
        int offset = 54 + (4 << bits);
        if (file.Length < offset)
        {
            file = [.. file, .. new byte[offset - file.Length]];
        }

        var codes = new List<byte>();
        for (int count = random.Next(60); count > 0; count--)
        {
            switch (random.Next(6))
            {
                case 0:
                    codes.AddRange([0, (byte)random.Next(2)]);
                    break;
                case 1:
                    codes.AddRange([0, 2, (byte)random.Next(256), (byte)random.Next(4)]);
                    break;
                case 2:
                    int literal = random.Next(3, 256);
                    var pixels = new byte[random.Next(3) == 0 ? random.Next(256) : (((literal * bits) + 15) / 16) * 2];
                    random.NextBytes(pixels);
                    codes.AddRange([0, (byte)literal, .. pixels]);
                    break;
                default:
                    codes.AddRange([(byte)random.Next(1, random.Next(2) == 0 ? 10 : 256), (byte)random.Next(256)]);
                    break;
            }
        }

        byte[] result = [.. file.AsSpan(0, offset), .. codes];
        BinaryPrimitives.WriteInt16LittleEndian(result.AsSpan(28), (short)bits);
        result = Put(Put(Put(result, 14, 40), 30, bits == 8 ? 1 : 2), 10, offset);
        return random.Next(2) == 0 ? Put(Put(result, 18, random.Next(1, 700)), 22, random.Next(-3, 60)) : result;
    }

    private static byte[] Put(byte[] file, int at, int value)
    {
        if (file.Length >= at + 4)
        {
            BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at), value);
        }

        return file;
    }
}
