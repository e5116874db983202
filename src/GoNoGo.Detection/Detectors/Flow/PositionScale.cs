using GoNoGo.Tensors;

namespace GoNoGo.Detection.Detectors.Flow;

/// <summary>
/// What good pictures score at each position: mean and standard deviation. A few dozen pictures give a rough deviation, so each position's
/// variance is drawn towards that of all positions, as if <see cref="Prior"/> more pictures had had it.
/// </summary>
/// <param name="means"><c>[h, w]</c>: receives the means, or holds them.</param>
/// <param name="deviations"><c>[h, w]</c>: receives the deviations, or holds them.</param>
internal sealed class PositionScale(Tensor means, Tensor deviations)
{
    /// <summary>Pictures that the variance over all positions counts for.</summary>
    public const double Prior = 5;

    private readonly double[] _sums = new double[means.ElementCount];
    private readonly double[] _squares = new double[means.ElementCount];
    private int _count;

    /// <summary>The means <c>[h, w]</c>.</summary>
    public Tensor Means => means;

    /// <summary>The deviations <c>[h, w]</c>.</summary>
    public Tensor Deviations => deviations;

    /// <summary>Takes the scores of some good pictures, <c>[B, h, w]</c>. Sums are of differences to the first picture, so that nothing cancels.</summary>
    public void Add(Tensor scores)
    {
        ReadOnlySpan<float> values = scores.Span;
        Span<float> origin = means.Span;
        if (_count == 0)
        {
            values[..origin.Length].CopyTo(origin);
        }

        for (int i = 0; i < values.Length; i++)
        {
            int p = i % origin.Length;
            double difference = (double)values[i] - origin[p];
            _sums[p] += difference;
            _squares[p] += difference * difference;
        }

        _count += scores.Shape[0];
    }

    /// <summary>Makes means and deviations of what was taken. All deviations are 1 where no two pictures differ anywhere.</summary>
    public void End()
    {
        Span<float> mean = means.Span;
        Span<float> deviation = deviations.Span;
        var spreads = new double[mean.Length];
        double all = 0;
        for (int p = 0; p < mean.Length; p++)
        {
            spreads[p] = Math.Max(0, _squares[p] - (_sums[p] * _sums[p] / _count));
            all += spreads[p];
        }

        int freedom = Math.Max(1, _count - 1);
        double common = all / mean.Length / freedom;
        for (int p = 0; p < mean.Length; p++)
        {
            mean[p] += (float)(_sums[p] / _count);
            deviation[p] = common > 0 ? (float)Math.Sqrt((spreads[p] + (Prior * common)) / (freedom + Prior)) : 1;
        }
    }

    /// <summary>The deviation of a score from the mean of its position, in standard deviations of good pictures.</summary>
    public float Of(int position, float score) => (score - means.Span[position]) / deviations.Span[position];
}
