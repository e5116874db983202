using GoNoGo.Tensors.Random;

namespace GoNoGo.Vision.Datasets.Synthetic;

/// <summary>The random numbers of one picture.</summary>
/// <param name="seed">The set's seed.</param>
/// <param name="picture">The picture's number.</param>
internal sealed class Draws(ulong seed, ulong picture)
{
    private readonly RandomSequence _sequence = new(new RandomStream(seed, "product line").Child(picture));

    /// <summary>A number between two others.</summary>
    public float Range(float low, float high) => low + ((high - low) * (float)_sequence.NextUniform());

    /// <summary>A whole number in [0, count).</summary>
    public int Index(int count) => _sequence.NextInteger(count);

    /// <summary>A key for <see cref="Ink.Noise"/>.</summary>
    public uint Key() => _sequence.NextBits();
}
