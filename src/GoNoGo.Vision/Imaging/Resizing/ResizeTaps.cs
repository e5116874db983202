using System.Buffers;

namespace GoNoGo.Vision.Imaging.Resizing;

/// <summary>
/// The weights of one axis of a resize: target sample i is the sum over t of <c>Weights[i * Taps + t]</c> times source sample
/// <c>First[i] + t</c>. All samples have the same number of taps (some zero), and no tap lies outside the source.
/// </summary>
internal readonly struct ResizeTaps<TWeight> : IDisposable where TWeight : unmanaged
{
    /// <summary>Fraction bits of integer weights.</summary>
    public const int Precision = 22;

    private ResizeTaps(int[] first, TWeight[] weights, int taps, bool aligned)
    {
        First = first;
        Weights = weights;
        Taps = taps;
        IsAligned = aligned;
    }

    /// <summary>The first source sample of each target sample; the array may be longer than needed.</summary>
    public int[] First { get; }

    /// <summary>The weights, <c>[count, Taps]</c>; the array may be longer than needed.</summary>
    public TWeight[] Weights { get; }

    /// <summary>Taps a sample.</summary>
    public int Taps { get; }

    /// <summary>Whether <see cref="Taps"/> is a multiple of the asked alignment (it is not where the source is too short for that).</summary>
    public bool IsAligned { get; }

    /// <summary>
    /// Computes the weights: centre c = (i + 0.5) source/target, radius r = filter radius times max(source/target, 1), taps from
    /// max(trunc(c - r + 0.5), 0) to min(trunc(c + r + 0.5), source), normalised to sum 1.
    /// </summary>
    /// <param name="span">The axis.</param>
    /// <param name="filter">The kernel.</param>
    /// <param name="alignment">The number of taps becomes a multiple of this where the source is long enough.</param>
    /// <param name="convert">Turns a weight into its stored form.</param>
    public static ResizeTaps<TWeight> Create(ResizeSpan span, ResizeFilter filter, int alignment, Func<double, TWeight> convert)
    {
        double scale = (double)span.Source / span.Target;
        double stretch = Math.Max(scale, 1);
        double radius = stretch * (filter == ResizeFilter.Bicubic ? 2 : 1);
        double inverse = 1 / stretch;
        int most = 1;
        for (int i = 0; i < span.Count && !span.IsIdentity; i++)
        {
            (int begin, int end) = Range(span, (span.Offset + i + 0.5) * scale, radius);
            most = Math.Max(most, end - begin);
        }

        int taps = (most + alignment - 1) / alignment * alignment;
        bool aligned = taps <= span.Source;
        taps = aligned ? taps : most;
        int[] first = ArrayPool<int>.Shared.Rent(span.Count);
        TWeight[] weights = ArrayPool<TWeight>.Shared.Rent(span.Count * taps);
        double[] raw = ArrayPool<double>.Shared.Rent(most);
        weights.AsSpan(0, span.Count * taps).Clear();
        for (int i = 0; i < span.Count; i++)
        {
            double centre = (span.Offset + i + 0.5) * scale;
            (int begin, int end) = span.IsIdentity ? (span.Offset + i, span.Offset + i + 1) : Range(span, centre, radius);
            double sum = 0;
            for (int tap = begin; tap < end; tap++)
            {
                double weight = span.IsIdentity ? 1 : Weight(filter, (tap - centre + 0.5) * inverse);
                raw[tap - begin] = weight;
                sum += weight;
            }

            first[i] = Math.Min(begin, span.Source - taps);
            Span<TWeight> row = weights.AsSpan((i * taps) + begin - first[i]);
            for (int tap = 0; tap < end - begin; tap++)
            {
                row[tap] = convert(raw[tap] / sum);
            }
        }

        ArrayPool<double>.Shared.Return(raw);
        return new ResizeTaps<TWeight>(first, weights, taps, aligned);
    }

    /// <summary>Gives the arrays back.</summary>
    public void Dispose()
    {
        ArrayPool<int>.Shared.Return(First);
        ArrayPool<TWeight>.Shared.Return(Weights);
    }

    private static (int Begin, int End) Range(ResizeSpan span, double centre, double radius) =>
        (Math.Max((int)(centre - radius + 0.5), 0), Math.Min((int)(centre + radius + 0.5), span.Source));

    private static double Weight(ResizeFilter filter, double x)
    {
        x = Math.Abs(x);
        if (filter == ResizeFilter.Bilinear)
        {
            return x < 1 ? 1 - x : 0;
        }

        const double a = -0.5;
        return x < 1 ? ((((a + 2) * x) - (a + 3)) * x * x) + 1
            : x < 2 ? ((((x - 5) * x) + 8) * x - 4) * a
            : 0;
    }
}

/// <summary>The stored forms of weights.</summary>
internal static class ResizeWeights
{
    /// <summary>Fixed point with 22 fraction bits, rounded half away from zero.</summary>
    public static readonly Func<double, int> Fixed = weight => (int)((weight < 0 ? -0.5 : 0.5) + (weight * (1 << ResizeTaps<int>.Precision)));

    /// <summary>Single precision.</summary>
    public static readonly Func<double, float> Single = weight => (float)weight;
}
