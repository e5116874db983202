using System.Globalization;
using System.Text;

namespace GoNoGo.Fuzzing.Pictures;

/// <summary>Mutations that know the words of a Netpbm header.</summary>
internal static class PnmMutation
{
    private static readonly string[] Separators = [" ", "\n", "\t", "\r\n", "  ", "", "#\n", " # 1 2 3\n", "\v", "\0"];

    public static byte[] Mutate(byte[] file, Random random)
    {
        string text = Encoding.Latin1.GetString(file);
        string[] words = text.Split([' ', '\n'], 5);
        int at = random.Next(words.Length);
        words[at] = random.Next(6) switch
        {
            0 => Extremes.Size(random).ToString(CultureInfo.InvariantCulture),
            1 => random.Next(1, 20).ToString(CultureInfo.InvariantCulture),
            2 => "#" + new string('x', random.Next(100)) + "\n" + words[at],
            3 => new string('0', random.Next(300)) + words[at],
            4 => Extremes.Number(random, 255).ToString(CultureInfo.InvariantCulture) + new string('9', random.Next(30)),
            _ => $"P{random.Next(8)}",
        };
        string separator = random.Next(4) == 0 ? Separators[random.Next(Separators.Length)] : " ";
        string result = string.Join(separator, words);
        if (random.Next(6) == 0)
        {
            // Enough pixels for sizes that became larger.
            result += random.Next(2) == 0 ? new string('\u00AA', random.Next(2000)) : string.Concat(Enumerable.Repeat(" 1", random.Next(1000)));
        }

        return Encoding.Latin1.GetBytes(result);
    }
}
