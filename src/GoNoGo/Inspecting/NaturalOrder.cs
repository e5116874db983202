namespace GoNoGo.Inspecting;

/// <summary>
/// Orders paths as people count: digits compare as numbers (<c>part2</c> before <c>part10</c>), folders part by part, letters
/// without regard to case first. The same on every system and under every culture.
/// </summary>
public sealed class NaturalOrder : IComparer<string>
{
    /// <summary>The one instance.</summary>
    public static NaturalOrder Instance { get; } = new();

    /// <inheritdoc/>
    public int Compare(string? x, string? y)
    {
        if (x is null || y is null)
        {
            return (x is null ? 0 : 1) - (y is null ? 0 : 1);
        }

        // Neighbours in a long list mostly begin alike: only a number at the border must be read from its first digit.
        int start = x.AsSpan().CommonPrefixLength(y);
        while (start > 0 && char.IsAsciiDigit(x[start - 1]))
        {
            start--;
        }

        return Compare(new Path("", x), new Path("", y), start);
    }

    /// <summary>
    /// Compares two paths, each in two parts, without putting them together. The first parts are empty or end in a separator, so
    /// that no number lies across.
    /// </summary>
    internal static int Compare(string folderX, string nameX, string folderY, string nameY) =>
        Compare(new Path(folderX, nameX), new Path(folderY, nameY), 0);

    private static int Compare(Path x, Path y, int start)
    {
        int i = start;
        int j = start;
        while (i < x.Length && j < y.Length)
        {
            char left = x[i];
            char right = y[j];
            int order;
            if (char.IsAsciiDigit(left) && char.IsAsciiDigit(right))
            {
                order = CompareNumbers(x, ref i, y, ref j);
            }
            else
            {
                order = left == right ? 0 : Rank(left).CompareTo(Rank(right));
                i++;
                j++;
            }

            if (order != 0)
            {
                return order;
            }
        }

        int rest = (x.Length - i).CompareTo(y.Length - j);
        return rest != 0 ? rest : CompareOrdinal(x, y);
    }

    /// <summary>Compares two runs of digits of any length by value and moves past them.</summary>
    private static int CompareNumbers(Path x, ref int i, Path y, ref int j)
    {
        ReadOnlySpan<char> left = Digits(x, ref i);
        ReadOnlySpan<char> right = Digits(y, ref j);
        return left.Length != right.Length ? left.Length.CompareTo(right.Length) : left.SequenceCompareTo(right);
    }

    private static ReadOnlySpan<char> Digits(Path path, ref int at)
    {
        (string part, int start) = path.PartAt(at);
        int end = start;
        while (end < part.Length && char.IsAsciiDigit(part[end]))
        {
            end++;
        }

        at += end - start;
        return part.AsSpan(start, end - start).TrimStart('0');
    }

    private static int CompareOrdinal(Path x, Path y)
    {
        int common = Math.Min(x.Length, y.Length);
        for (int i = 0; i < common; i++)
        {
            if (x[i] != y[i])
            {
                return x[i] - y[i];
            }
        }

        return x.Length - y.Length;
    }

    /// <summary>A separator comes before everything else: the files of a folder stay together.</summary>
    private static int Rank(char letter) => letter is '/' or '\\' ? 0 : char.ToUpperInvariant(letter) + 1;

    /// <summary>A path in two parts.</summary>
    private readonly struct Path(string folder, string name)
    {
        public int Length => folder.Length + name.Length;

        public char this[int index] => index < folder.Length ? folder[index] : name[index - folder.Length];

        /// <summary>The part that a position lies in, and the position there.</summary>
        public (string Part, int At) PartAt(int index) => index < folder.Length ? (folder, index) : (name, index - folder.Length);
    }
}
