namespace GoNoGo.Fuzzing;

/// <summary>
/// The cases of a seed: each is made from its index alone, so that any can be made again. Even ones are damaged with
/// knowledge of the format, odd ones without.
/// </summary>
public sealed class FuzzCases
{
    private readonly FuzzTarget _target;
    private readonly IReadOnlyList<byte[]> _seeds;
    private readonly int _seed;

    /// <summary>The cases of a reader and a seed.</summary>
    public FuzzCases(FuzzTarget target, int seed)
    {
        ArgumentNullException.ThrowIfNull(target);
        _target = target;
        _seed = seed;
        _seeds = target.Seeds();
    }

    /// <summary>Case <paramref name="index"/>.</summary>
    public byte[] Make(long index)
    {
        var random = new Random(Mix(_seed, index));
        byte[] file = _seeds[random.Next(_seeds.Count)];
        bool structural = index % 2 == 0;
        for (int round = random.Next(1, structural ? 4 : 3); round > 0; round--)
        {
            file = structural ? _target.MutateStructure(file, random) : ByteMutation.Mutate(file, _seeds, random);
        }

        return file;
    }

    /// <summary>A well spread number of seed and index (the finaliser of SplitMix64).</summary>
    private static int Mix(int seed, long index)
    {
        ulong value = unchecked(((ulong)(uint)seed << 40) + (ulong)index + 0x9E3779B97F4A7C15);
        value = unchecked((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9);
        value = unchecked((value ^ (value >> 27)) * 0x94D049BB133111EB);
        return (int)(value >> 33);
    }
}
