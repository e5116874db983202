namespace GoNoGo.Fuzzing;

/// <summary>Numbers that readers stumble over.</summary>
public static class Extremes
{
    private static readonly long[] Values =
    [
        0, 1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 32, 63, 64, 127, 128, 255, 256, 257, 1000, 32767, 32768, 65535, 65536, 100_000,
        1 << 24, int.MaxValue - 1, int.MaxValue, 1L << 31, uint.MaxValue - 1, uint.MaxValue,
    ];

    /// <summary>A size: mostly small, sometimes hostile.</summary>
    public static int Size(Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return random.Next(5) switch
        {
            0 => random.Next(4),
            1 => random.Next(300),
            2 => random.Next(100_000),
            3 => int.MaxValue - random.Next(3),
            _ => -random.Next(1, 1000),
        };
    }

    /// <summary>A number of up to 32 bits: a power of two or its neighbour, a small one, or one near <paramref name="old"/>.</summary>
    public static long Number(Random random, long old)
    {
        ArgumentNullException.ThrowIfNull(random);
        return random.Next(4) switch
        {
            0 => old + random.Next(-3, 4),
            1 => random.Next(300),
            2 => old * random.Next(2, 5),
            _ => Values[random.Next(Values.Length)],
        };
    }
}
