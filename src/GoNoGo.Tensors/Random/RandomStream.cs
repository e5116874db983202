using System.Text;

namespace GoNoGo.Tensors.Random;

/// <summary>
/// A seeded stream of random numbers in which every number is a pure function of (seed, stream, index): no state, so
/// results depend neither on the order nor on the threads that ask. Different streams of one seed are independent;
/// give each purpose its own by name and each step or item its own by number.
/// </summary>
public readonly record struct RandomStream
{
    /// <summary>The stream of this number.</summary>
    public RandomStream(ulong seed, ulong stream)
    {
        Seed = seed;
        Stream = stream;
    }

    /// <summary>The stream for a purpose, for example <c>noise</c> or a parameter's name.</summary>
    public RandomStream(ulong seed, string purpose) : this(seed, Hash(purpose)) { }

    /// <summary>The user's seed.</summary>
    public ulong Seed { get; }

    /// <summary>The stream's number.</summary>
    public ulong Stream { get; }

    /// <summary>A stream of its own for a part of this one's purpose: a step, an epoch, a picture.</summary>
    public RandomStream Child(ulong number) => new(Seed, Mix(Stream ^ Mix(unchecked(number + 0x9E3779B97F4A7C15))));

    /// <summary>A stream of its own for a named part of this one's purpose.</summary>
    public RandomStream Child(string purpose) => Child(Hash(purpose));

    /// <summary>The 32 random bits at an index.</summary>
    public uint Bits(long index)
    {
        (uint a, uint b, uint c, uint d) = Block(index >> 2);
        return (index & 3) switch { 0 => a, 1 => b, 2 => c, _ => d };
    }

    /// <summary>A number in [0, 1) with 32 random bits.</summary>
    public double Uniform(long index) => Bits(index) * (1.0 / 4294967296.0);

    /// <summary>A random order of 0 .. count - 1 (Fisher-Yates), each order equally likely.</summary>
    public int[] Permutation(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var order = new int[count];
        for (int i = 0; i < count; i++)
        {
            order[i] = i;
        }

        new RandomSequence(this).Shuffle(order);
        return order;
    }

    /// <summary>The words 4 * block .. 4 * block + 3.</summary>
    internal (uint A, uint B, uint C, uint D) Block(long block) => Philox.Words((ulong)block, Stream, Seed);

    /// <summary>FNV-1a of the text, mixed so that similar names give unrelated streams.</summary>
    private static ulong Hash(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        ulong hash = 0xCBF29CE484222325;
        foreach (byte part in Encoding.UTF8.GetBytes(text))
        {
            hash = unchecked((hash ^ part) * 0x100000001B3);
        }

        return Mix(hash);
    }

    /// <summary>The finaliser of splitmix64.</summary>
    private static ulong Mix(ulong x)
    {
        unchecked
        {
            x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
            x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
            return x ^ (x >> 31);
        }
    }
}
