namespace GoNoGo.Tensors.Random;

/// <summary>
/// The generator MT19937 (Matsumoto, Nishimura 1998), seeded by an array of key words as Python's <c>random.Random(seed)</c>
/// does. Only for reproducing published splits; everything else uses <see cref="RandomStream"/>.
/// </summary>
public sealed class MersenneTwister
{
    private const int Length = 624;
    private const int Middle = 397;

    private readonly uint[] _state = new uint[Length];
    private int _next = Length;

    /// <summary>Seeded with the words of a non-negative whole number, lowest first, as Python does.</summary>
    public MersenneTwister(ulong seed) : this(seed <= uint.MaxValue ? [(uint)seed] : [(uint)seed, (uint)(seed >> 32)]) { }

    /// <summary>Seeded with key words (<c>init_by_array</c>).</summary>
    /// <exception cref="ArgumentException">No word.</exception>
    public MersenneTwister(ReadOnlySpan<uint> key)
    {
        if (key.IsEmpty)
        {
            throw new ArgumentException("MersenneTwister: at least one key word is needed.", nameof(key));
        }

        unchecked
        {
            _state[0] = 19650218;
            for (int i = 1; i < Length; i++)
            {
                _state[i] = (1812433253 * Twist(i)) + (uint)i;
            }

            int at = 1;
            int word = 0;
            for (int k = Math.Max(Length, key.Length); k > 0; k--)
            {
                _state[at] = (_state[at] ^ (Twist(at) * 1664525)) + key[word] + (uint)word;
                at = Advance(at);
                word = (word + 1) % key.Length;
            }

            for (int k = Length - 1; k > 0; k--)
            {
                _state[at] = (_state[at] ^ (Twist(at) * 1566083941)) - (uint)at;
                at = Advance(at);
            }

            _state[0] = 0x80000000;
        }
    }

    /// <summary>32 random bits.</summary>
    public uint NextBits()
    {
        if (_next == Length)
        {
            Generate();
        }

        uint y = _state[_next++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9D2C5680;
        y ^= (y << 15) & 0xEFC60000;
        return y ^ (y >> 18);
    }

    /// <summary>A whole number in [0, bound) as Python's <c>_randbelow</c>: the top bits of a word, drawn again while too large.</summary>
    public int NextInteger(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        int bits = 32 - System.Numerics.BitOperations.LeadingZeroCount((uint)bound);
        uint value;
        do
        {
            value = NextBits() >> (32 - bits);
        }
        while (value >= (uint)bound);

        return (int)value;
    }

    private uint Twist(int i) => _state[i - 1] ^ (_state[i - 1] >> 30);

    private int Advance(int at)
    {
        if (++at < Length)
        {
            return at;
        }

        _state[0] = _state[Length - 1];
        return 1;
    }

    private void Generate()
    {
        for (int i = 0; i < Length; i++)
        {
            uint y = (_state[i] & 0x80000000) | (_state[(i + 1) % Length] & 0x7FFFFFFF);
            _state[i] = _state[(i + Middle) % Length] ^ (y >> 1) ^ ((y & 1) == 0 ? 0 : 0x9908B0DF);
        }

        _next = 0;
    }
}
