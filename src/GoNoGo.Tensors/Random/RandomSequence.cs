namespace GoNoGo.Tensors.Random;

/// <summary>Takes the numbers of a stream one after the other, where an algorithm needs an unknown count of them. For one thread.</summary>
public sealed class RandomSequence
{
    private readonly RandomStream _stream;
    private long _next;

    /// <summary>From the stream's first number on.</summary>
    public RandomSequence(RandomStream stream) => _stream = stream;

    /// <summary>32 random bits.</summary>
    public uint NextBits() => _stream.Bits(_next++);

    /// <summary>A number in [0, 1) with 53 random bits.</summary>
    public double NextUniform()
    {
        ulong high = NextBits() >> 5;
        ulong low = NextBits() >> 6;
        return ((high << 26) | low) * (1.0 / 9007199254740992.0);
    }

    /// <summary>A number of the normal distribution with mean 0 and standard deviation 1.</summary>
    public double NextNormal()
    {
        double radius = Math.Sqrt(-2 * Math.Log(1 - NextUniform()));
        return radius * Math.Cos(2 * Math.PI * NextUniform());
    }

    /// <summary>A whole number in [0, bound), each equally likely (Lemire's method: multiply, reject the biased rest).</summary>
    public int NextInteger(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        uint range = (uint)bound;
        ulong product = (ulong)NextBits() * range;
        if ((uint)product < range)
        {
            uint rest = unchecked(0u - range) % range;
            while ((uint)product < rest)
            {
                product = (ulong)NextBits() * range;
            }
        }

        return (int)(product >> 32);
    }

    /// <summary>Brings the items in a random order (Fisher-Yates), each order equally likely.</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = NextInteger(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }
}
