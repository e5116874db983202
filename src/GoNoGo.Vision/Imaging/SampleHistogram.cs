using System.Runtime.CompilerServices;

namespace GoNoGo.Vision.Imaging;

/// <summary>
/// Counts of the sample values of many pictures of one depth, at bounded memory: every value of 8 and 16 bits has a place of its
/// own, floats that agree in sign, exponent and 11 bits of the fraction (to 0.05 %) share one. The order in which pictures are added changes nothing.
/// </summary>
public sealed class SampleHistogram
{
    private const uint SignBit = 1u << 31;
    private const int DroppedBits = 12;

    private readonly long[] _counts;

    /// <summary>An empty histogram.</summary>
    /// <param name="bitDepth">Bits of the samples: 8 or 16, 32 for float.</param>
    public SampleHistogram(int bitDepth)
    {
        if (bitDepth is not (8 or 16 or 32))
        {
            throw new ArgumentException($"SampleHistogram: {bitDepth} bits, expected 8, 16 or 32.", nameof(bitDepth));
        }

        BitDepth = bitDepth;
        _counts = new long[1 << (bitDepth == 32 ? 32 - DroppedBits : bitDepth)];
    }

    /// <summary>Bits of the samples.</summary>
    public int BitDepth { get; }

    /// <summary>Samples counted.</summary>
    public long Count { get; private set; }

    /// <summary>Counts the colour samples of a picture (all channels alike, alpha left out; floats that are no finite number too).</summary>
    /// <exception cref="ArgumentException">The picture has another depth.</exception>
    public void Add(Image image)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (image.BitDepth != BitDepth)
        {
            throw new ArgumentException($"SampleHistogram.Add: the picture has {image.BitDepth} bits, expected {BitDepth}.", nameof(image));
        }

        if (image.Samples8 is { } bytes)
        {
            Add<byte>(bytes, image.Channels);
        }
        else if (image.SamplesFloat is { } floats)
        {
            Add<float>(floats, image.Channels);
        }
        else
        {
            Add<ushort>(image.Samples16, image.Channels);
        }
    }

    /// <summary>Adds the counts of another histogram of the same depth.</summary>
    public void Add(SampleHistogram other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (int value = 0; value < _counts.Length; value++)
        {
            _counts[value] += other._counts[value];
        }

        Count += other.Count;
    }

    /// <summary>The smallest value below which (and at which) more than the share of all samples lies.</summary>
    /// <param name="perMille">The share in thousandths, below 1000.</param>
    public float Low(int perMille)
    {
        long rest = Rank(perMille);
        int value = 0;
        while (rest >= _counts[value])
        {
            rest -= _counts[value++];
        }

        return ValueOf(value, upper: false);
    }

    /// <summary>The largest value above which (and at which) more than the share of all samples lies.</summary>
    /// <param name="perMille">The share in thousandths, below 1000.</param>
    public float High(int perMille)
    {
        long rest = Rank(perMille);
        int value = _counts.Length - 1;
        while (rest >= _counts[value])
        {
            rest -= _counts[value--];
        }

        return ValueOf(value, upper: true);
    }

    private long Rank(int perMille)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(perMille);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(perMille, 1000);
        return Count > 0 ? (long)((Int128)Count * perMille / 1000) : throw new InvalidOperationException("SampleHistogram: nothing was counted.");
    }

    private void Add<T>(ReadOnlySpan<T> samples, int channels) where T : unmanaged
    {
        int colors = Math.Min(channels, 3);
        for (int pixel = 0; pixel < samples.Length; pixel += channels)
        {
            foreach (T sample in samples.Slice(pixel, colors))
            {
                int place = Place(sample);
                if (place >= 0)
                {
                    _counts[place]++;
                    Count++;
                }
            }
        }
    }

    /// <summary>The place of a value; -1 for a float that is no finite number. Chosen when compiled, by type.</summary>
    private static int Place<T>(T sample) where T : unmanaged
    {
        if (typeof(T) == typeof(byte))
        {
            return Unsafe.BitCast<T, byte>(sample);
        }

        if (typeof(T) == typeof(ushort))
        {
            return Unsafe.BitCast<T, ushort>(sample);
        }

        float value = Unsafe.BitCast<T, float>(sample);
        if (!float.IsFinite(value))
        {
            return -1;
        }

        // The bits of floats as integers that have the order of the floats; -0 counts as 0.
        uint bits = BitConverter.SingleToUInt32Bits(value + 0f);
        uint key = (bits & SignBit) != 0 ? ~bits : bits | SignBit;
        return (int)(key >> DroppedBits);
    }

    /// <summary>The value at the lower or upper end of a place.</summary>
    private float ValueOf(int place, bool upper)
    {
        if (BitDepth != 32)
        {
            return place;
        }

        uint key = ((uint)place << DroppedBits) | (upper ? (1u << DroppedBits) - 1 : 0);
        return BitConverter.UInt32BitsToSingle((key & SignBit) != 0 ? key & ~SignBit : ~key);
    }
}
