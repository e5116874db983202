namespace GoNoGo.Vision.Imaging;

/// <summary>
/// Counts of the sample values of many pictures of one depth, at bounded memory: every value of 8 and 16 bits has a place of its
/// own. The order in which pictures are added changes nothing.
/// </summary>
public sealed class SampleHistogram
{
    private readonly long[] _counts;

    /// <summary>An empty histogram.</summary>
    /// <param name="bitDepth">Bits of the samples: 8 or 16.</param>
    public SampleHistogram(int bitDepth)
    {
        if (bitDepth is not (8 or 16))
        {
            throw new ArgumentException($"SampleHistogram: {bitDepth} bits, expected 8 or 16.", nameof(bitDepth));
        }

        BitDepth = bitDepth;
        _counts = new long[1 << bitDepth];
    }

    /// <summary>Bits of the samples.</summary>
    public int BitDepth { get; }

    /// <summary>Samples counted.</summary>
    public long Count { get; private set; }

    /// <summary>Counts the colour samples of a picture (all channels alike, alpha left out).</summary>
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
            Add<byte>(bytes, image.Channels, static value => value);
        }
        else
        {
            Add<ushort>(image.Samples16, image.Channels, static value => value);
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

        return value;
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

        return value;
    }

    private long Rank(int perMille)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(perMille);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(perMille, 1000);
        return Count > 0 ? (long)((Int128)Count * perMille / 1000) : throw new InvalidOperationException("SampleHistogram: nothing was counted.");
    }

    private void Add<T>(ReadOnlySpan<T> samples, int channels, Func<T, int> place)
    {
        for (int i = 0; i < samples.Length; i++)
        {
            if (channels == 4 && (i & 3) == 3)
            {
                continue;
            }

            _counts[place(samples[i])]++;
            Count++;
        }
    }
}
