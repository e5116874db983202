namespace GoNoGo.Fuzzing;

/// <summary>Mutations that know nothing of a format: bits, bytes, cuts, copies, and the halves of two files put together.</summary>
public static class ByteMutation
{
    private static readonly byte[] Extremes = [0, 1, 0x7F, 0x80, 0xFE, 0xFF];

    /// <summary>Damages a file; returns another array.</summary>
    /// <param name="file">The file.</param>
    /// <param name="others">Files to take parts from.</param>
    /// <param name="random">Decides everything.</param>
    public static byte[] Mutate(byte[] file, IReadOnlyList<byte[]> others, Random random)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(others);
        ArgumentNullException.ThrowIfNull(random);
        if (file.Length == 0)
        {
            return [(byte)random.Next(256)];
        }

        byte[] copy = [.. file];
        int at = random.Next(file.Length);
        switch (random.Next(9))
        {
            case 0:
                return copy[..at];
            case 1 or 2:
                copy[at] ^= (byte)(1 << random.Next(8));
                return copy;
            case 3:
                for (int i = random.Next(1, 20); i > 0; i--)
                {
                    copy[random.Next(copy.Length)] = (byte)random.Next(256);
                }

                return copy;
            case 4:
                copy[at] = Extremes[random.Next(Extremes.Length)];
                return copy;
            case 5:
                copy.AsSpan(at, Math.Min(random.Next(1, 9), copy.Length - at)).Fill(Extremes[random.Next(Extremes.Length)]);
                return copy;
            case 6:
                int count = random.Next(Math.Min(200, copy.Length - at));
                return [.. copy.AsSpan(0, at), .. copy.AsSpan(at + count)];
            case 7:
                int from = random.Next(copy.Length);
                return [.. copy.AsSpan(0, at), .. copy.AsSpan(from, Math.Min(random.Next(200), copy.Length - from)), .. copy.AsSpan(at)];
            default:
                byte[] other = others[random.Next(others.Count)];
                return [.. copy.AsSpan(0, at), .. other.AsSpan(random.Next(other.Length + 1))];
        }
    }
}
