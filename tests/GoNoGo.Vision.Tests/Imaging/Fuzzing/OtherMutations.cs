using System.Buffers.Binary;
using System.Text;

namespace GoNoGo.Vision.Tests.Imaging.Fuzzing;

/// <summary>Mutations that know the fields of a bitmap header, those that know a Netpbm header, and those that know nothing.</summary>
internal static class OtherMutations
{
    private static readonly int[] BmpFields = [2, 10, 14, 18, 22, 26, 30, 34, 46, 50, 54, 58, 62];
    private static readonly int[] BmpValues = [0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 24, 32, 40, 52, 54, 56, 64, 108, 124, 255, 256];

    public static byte[] Bmp(byte[] file, Random random)
    {
        byte[] copy = [.. file];
        for (int round = random.Next(1, 4); round > 0 && copy.Length >= 70; round--)
        {
            int field = BmpFields[random.Next(BmpFields.Length)];
            if (random.Next(4) == 0)
            {
                // Bits a pixel.
                BinaryPrimitives.WriteInt16LittleEndian(copy.AsSpan(28), (short)BmpValues[random.Next(BmpValues.Length)]);
            }
            else
            {
                int value = random.Next(2) == 0 ? BmpValues[random.Next(BmpValues.Length)] : PngMutation.Size(random);
                BinaryPrimitives.WriteInt32LittleEndian(copy.AsSpan(field), value);
            }
        }

        return copy;
    }

    public static byte[] Pnm(byte[] file, Random random)
    {
        string text = Encoding.Latin1.GetString(file);
        string[] words = text.Split(' ', 5);
        int at = random.Next(words.Length);
        words[at] = random.Next(3) switch
        {
            0 => PngMutation.Size(random).ToString(System.Globalization.CultureInfo.InvariantCulture),
            1 => "#\n" + words[at],
            _ => $"P{random.Next(8)}",
        };
        return Encoding.Latin1.GetBytes(string.Join(' ', words));
    }

    public static byte[] Blind(byte[] file, Random random)
    {
        if (file.Length == 0)
        {
            return [(byte)random.Next(256)];
        }

        byte[] copy = [.. file];
        switch (random.Next(5))
        {
            case 0:
                return copy[..random.Next(copy.Length)];
            case 1:
                copy[random.Next(copy.Length)] ^= (byte)(1 << random.Next(8));
                return copy;
            case 2:
                for (int i = random.Next(1, 20); i > 0; i--)
                {
                    copy[random.Next(copy.Length)] = (byte)random.Next(256);
                }

                return copy;
            case 3:
                int from = random.Next(copy.Length);
                int count = random.Next(copy.Length - from);
                return [.. copy.Take(from), .. copy.Skip(from + count)];
            default:
                int at = random.Next(copy.Length);
                return [.. copy.Take(at), .. copy.Take(random.Next(200)), .. copy.Skip(at)];
        }
    }
}
