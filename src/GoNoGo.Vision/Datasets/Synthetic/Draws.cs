namespace GoNoGo.Vision.Datasets.Synthetic;

/// <summary>The random numbers of one picture.</summary>
internal struct Draws(ulong seed, ulong picture)
{
    private ulong _state = unchecked((seed * 0x9E3779B97F4A7C15) ^ (picture * 0xD1B54A32D192ED03));

    public float Uniform() => (Next() >> 40) * (1f / (1 << 24));

    public float Range(float low, float high) => low + ((high - low) * Uniform());

    public int Index(int count) => Math.Min((int)(Uniform() * count), count - 1);

    public uint Key() => (uint)(Next() >> 32);

    // The sum of four 16-bit uniforms: near enough to a normal for sensor noise, at one draw a sample.
    public float Noise()
    {
        ulong x = Next();
        long sum = (long)((x & 0xFFFF) + ((x >> 16) & 0xFFFF) + ((x >> 32) & 0xFFFF) + (x >> 48));
        return (sum - (2 * 0xFFFF)) * (1.7320508f / 0xFFFF);
    }

    private ulong Next()
    {
        _state = unchecked(_state + 0x9E3779B97F4A7C15);
        ulong x = _state;
        x = unchecked((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9);
        x = unchecked((x ^ (x >> 27)) * 0x94D049BB133111EB);
        return x ^ (x >> 31);
    }
}
