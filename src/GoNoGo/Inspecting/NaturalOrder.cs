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

        int i = 0;
        int j = 0;
        while (i < x.Length && j < y.Length)
        {
            int order = char.IsAsciiDigit(x[i]) && char.IsAsciiDigit(y[j])
                ? CompareNumbers(x, ref i, y, ref j)
                : Rank(x[i++]).CompareTo(Rank(y[j++]));
            if (order != 0)
            {
                return order;
            }
        }

        int rest = (x.Length - i).CompareTo(y.Length - j);
        return rest != 0 ? rest : string.CompareOrdinal(x, y);
    }

    /// <summary>Compares two runs of digits of any length by value and moves past them.</summary>
    private static int CompareNumbers(string x, ref int i, string y, ref int j)
    {
        ReadOnlySpan<char> left = Digits(x, ref i);
        ReadOnlySpan<char> right = Digits(y, ref j);
        return left.Length != right.Length ? left.Length.CompareTo(right.Length) : left.SequenceCompareTo(right);
    }

    private static ReadOnlySpan<char> Digits(string text, ref int at)
    {
        int start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        return text.AsSpan(start, at - start).TrimStart('0');
    }

    /// <summary>A separator comes before everything else: the files of a folder stay together.</summary>
    private static int Rank(char letter) => letter is '/' or '\\' ? 0 : char.ToUpperInvariant(letter) + 1;
}
