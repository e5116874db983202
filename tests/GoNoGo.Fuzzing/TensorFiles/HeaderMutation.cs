using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace GoNoGo.Fuzzing.TensorFiles;

/// <summary>
/// Mutations of a file that begins with a header of text behind its length: numbers, types, fragments, the header's length, and parts of the
/// text cut or doubled.
/// </summary>
internal static partial class HeaderMutation
{
    private static readonly string[] Numbers =
        ["0", "1", "-1", "2", "7", "2147483647", "2147483648", "4294967296", "9223372036854775807", "9223372036854775808", "18446744073709551616", "1e3", "0.5", "100000001"];

    private static readonly string[] Types = ["F32", "F64", "F16", "BF16", "I8", "U64", "BOOL", "F33", "bool", "", "5", "<f4", "<f8", "|u1", ">i4", "|O", "<i8"];

    private static readonly string[] Fragments =
        ["{", "}", "[", "]", ",", ":", "\"", "'", "(", ")", "[[[[[[[[[[", "{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":", "null", "true", "False", "\\u0000", "\\ud800", " ", "shape", "dtype", "descr", "__metadata__"];

    /// <summary>Damages a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="start">Where the text begins.</param>
    /// <param name="length">How long the text says it is; what exceeds the file is cut.</param>
    /// <param name="setLength">Writes a length of the text into a file.</param>
    /// <param name="random">Decides everything.</param>
    public static byte[] Mutate(byte[] file, int start, long length, Action<byte[], long> setLength, Random random)
    {
        if (file.Length <= start)
        {
            return [.. file];
        }

        int end = (int)Math.Clamp(start + Math.Max(length, 0), start, file.Length);
        string text = Encoding.Latin1.GetString(file, start, end - start);
        byte[] data = file[end..];
        long claimed = -1;
        switch (random.Next(7))
        {
            case 0:
                text = ReplaceOne(random, NumberPattern(), text, _ => Numbers[random.Next(Numbers.Length)]);
                break;
            case 1:
                text = ReplaceOne(random, NumberPattern(), text, old =>
                    (long.Parse(old, CultureInfo.InvariantCulture) + random.Next(9) - 4).ToString(CultureInfo.InvariantCulture));
                break;
            case 2:
                text = ReplaceOne(random, TypePattern(), text, _ => Types[random.Next(Types.Length)]);
                break;
            case 3:
                text = text.Insert(random.Next(text.Length + 1), Fragments[random.Next(Fragments.Length)]);
                break;
            case 4:
                int from = random.Next(text.Length + 1);
                int count = Math.Min(1 + random.Next(20), text.Length - from);
                text = random.Next(2) == 0 ? text.Remove(from, count) : text.Insert(from, text.Substring(from, count));
                break;
            case 5:
                claimed = random.Next(3) == 0 ? long.MaxValue - random.Next(100) : random.Next(2 * file.Length);
                break;
            default:
                data = random.Next(2) == 0 ? data[..random.Next(data.Length + 1)] : [.. data, .. new byte[random.Next(9)]];
                break;
        }

        if (text.Length == 0)
        {
            text = " ";
        }

        byte[] result = [.. file[..start], .. Encoding.Latin1.GetBytes(text), .. data];
        setLength(result, claimed < 0 ? text.Length : claimed);
        return result;
    }

    private static string ReplaceOne(Random random, Regex pattern, string text, Func<string, string> replacement)
    {
        MatchCollection matches = pattern.Matches(text);
        if (matches.Count == 0)
        {
            return text;
        }

        Match match = matches[random.Next(matches.Count)];
        string old = match.Value.Length < 18 ? match.Value : "0";
        return string.Concat(text.AsSpan(0, match.Index), replacement(old), text.AsSpan(match.Index + match.Length));
    }

    [GeneratedRegex("[0-9]+")]
    private static partial Regex NumberPattern();

    [GeneratedRegex("(F32|F64|I64|U16|BOOL|<f4|\\|u1)")]
    private static partial Regex TypePattern();
}
