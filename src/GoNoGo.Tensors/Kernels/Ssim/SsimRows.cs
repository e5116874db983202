using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels;

/// <summary>
/// Row by row windowed means, variances and covariance of two pictures. The 11 x 11 window is a product of two 11-vectors, so each
/// row is blended over its neighbours first and then along itself; outside the picture there are zeros.
/// <para>A variance is that within the columns of the window plus that between their means, each taken around the window's centre:
/// E[x^2] - E[x]^2 itself would leave nothing but rounding of it where a picture is bright and flat, which is where C2 decides. The centre
/// is one of the values, with a quarter of the weight, so what is subtracted is never much larger than what remains.</para>
/// </summary>
internal unsafe readonly struct SsimRows<TSimd, TVector, TInt>
    where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
{
    /// <summary>The window reaches this far to each side.</summary>
    public const int Radius = 5;

    /// <summary>Windowed quantities: mean of a, mean of b, sum of the two variances (they are only ever needed as their sum), covariance.</summary>
    public const int Quantities = 4;

    private readonly float* _a;
    private readonly float* _b;
    private readonly int _height;
    private readonly int _width;
    private readonly float* _window;
    private readonly float* _blended;

    /// <param name="a">First picture, height x width.</param>
    /// <param name="b">Second picture.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="window">The 11 weights.</param>
    /// <param name="room">Four padded rows.</param>
    public SsimRows(float* a, float* b, int height, int width, float* window, float* room)
    {
        _a = a;
        _b = b;
        _height = height;
        _width = width;
        _window = window;
        _blended = room;
        new Span<float>(room, Quantities * Padded(width)).Clear();
    }

    /// <summary>A width rounded up to whole vectors.</summary>
    public static int Lanes(int width) => (width + TSimd.Count - 1) / TSimd.Count * TSimd.Count;

    /// <summary>Floats of a row with a margin on both sides.</summary>
    public static int Padded(int width) => Lanes(width) + (2 * Radius);

    /// <summary>The windowed quantities of one row: four rows of <see cref="Lanes"/> floats, of which the first width count.</summary>
    public void Moments(int row, float* moments)
    {
        int vectors = _width / TSimd.Count * TSimd.Count;
        Blend<TSimd, TVector, TInt>(row, 0, vectors);
        Blend<SimdScalar, float, int>(row, vectors, _width);
        Join(moments);
    }

    /// <summary>destination[x] = sum over t of window[t] * padded[x + t].</summary>
    public static void Along(float* padded, float* window, int lanes, float* destination)
    {
        for (int x = 0; x < lanes; x += TSimd.Count)
        {
            TVector even = TSimd.Multiply(TSimd.Load(padded + x), TSimd.Broadcast(window[0]));
            TVector odd = TSimd.Zero;
            for (int t = 1; t <= 2 * Radius; t += 2)
            {
                odd = TSimd.MultiplyAdd(TSimd.Load(padded + x + t), TSimd.Broadcast(window[t]), odd);
                even = TSimd.MultiplyAdd(TSimd.Load(padded + x + t + 1), TSimd.Broadcast(window[t + 1]), even);
            }

            TSimd.Store(TSimd.Add(even, odd), destination + x);
        }
    }

    /// <summary>Means, variances and covariance of the columns' parts of the window.</summary>
    private void Blend<TS, TV, TI>(int row, int start, int end) where TS : struct, ISimd<TV, TI> where TV : struct where TI : struct
    {
        int padded = Padded(_width);
        int first = Math.Max(row - Radius, 0);
        int last = Math.Min(row + Radius, _height - 1);
        TV outside = TS.Broadcast(WeightOutside(row));
        for (int x = start; x < end; x += TS.Count)
        {
            TV centreA = TS.Load(_a + ((long)row * _width) + x);
            TV centreB = TS.Load(_b + ((long)row * _width) + x);
            // The zeros outside, seen from the centre.
            TV meanA = TS.Negate(TS.Multiply(outside, centreA));
            TV meanB = TS.Negate(TS.Multiply(outside, centreB));
            TV squares = TS.Multiply(outside, TS.MultiplyAdd(centreA, centreA, TS.Multiply(centreB, centreB)));
            TV product = TS.Multiply(outside, TS.Multiply(centreA, centreB));
            float* a = _a + ((long)first * _width) + x;
            float* b = _b + ((long)first * _width) + x;
            for (int y = first; y <= last; y++)
            {
                TV weight = TS.Broadcast(_window[y - row + Radius]);
                TV fromA = TS.Subtract(TS.Load(a), centreA);
                TV fromB = TS.Subtract(TS.Load(b), centreB);
                meanA = TS.MultiplyAdd(weight, fromA, meanA);
                meanB = TS.MultiplyAdd(weight, fromB, meanB);
                squares = TS.MultiplyAdd(weight, TS.MultiplyAdd(fromA, fromA, TS.Multiply(fromB, fromB)), squares);
                product = TS.MultiplyAdd(weight, TS.Multiply(fromA, fromB), product);
                a += _width;
                b += _width;
            }

            float* to = _blended + Radius + x;
            TS.Store(TS.Add(centreA, meanA), to);
            TS.Store(TS.Add(centreB, meanB), to + padded);
            TS.Store(TS.Subtract(squares, TS.MultiplyAdd(meanA, meanA, TS.Multiply(meanB, meanB))), to + (2 * padded));
            TS.Store(TS.Subtract(product, TS.Multiply(meanA, meanB)), to + (3 * padded));
        }
    }

    /// <summary>The columns of a window together: means of the means, variance within plus variance between.</summary>
    private void Join(float* moments)
    {
        int padded = Padded(_width);
        int lanes = Lanes(_width);
        for (int x = 0; x < lanes; x += TSimd.Count)
        {
            float* from = _blended + x;
            TVector centreA = TSimd.Load(from + Radius);
            TVector centreB = TSimd.Load(from + padded + Radius);
            TVector meanA = TSimd.Zero;
            TVector meanB = TSimd.Zero;
            TVector variances = TSimd.Zero;
            TVector covariance = TSimd.Zero;
            for (int t = 0; t <= 2 * Radius; t++)
            {
                TVector weight = TSimd.Broadcast(_window[t]);
                TVector fromA = TSimd.Subtract(TSimd.Load(from + t), centreA);
                TVector fromB = TSimd.Subtract(TSimd.Load(from + padded + t), centreB);
                TVector squares = TSimd.MultiplyAdd(fromA, fromA, TSimd.MultiplyAdd(fromB, fromB, TSimd.Load(from + (2 * padded) + t)));
                TVector product = TSimd.MultiplyAdd(fromA, fromB, TSimd.Load(from + (3 * padded) + t));
                meanA = TSimd.MultiplyAdd(weight, fromA, meanA);
                meanB = TSimd.MultiplyAdd(weight, fromB, meanB);
                variances = TSimd.MultiplyAdd(weight, squares, variances);
                covariance = TSimd.MultiplyAdd(weight, product, covariance);
            }

            float* to = moments + x;
            TSimd.Store(TSimd.Add(centreA, meanA), to);
            TSimd.Store(TSimd.Add(centreB, meanB), to + lanes);
            TSimd.Store(TSimd.Subtract(variances, TSimd.MultiplyAdd(meanA, meanA, TSimd.Multiply(meanB, meanB))), to + (2 * lanes));
            TSimd.Store(TSimd.Subtract(covariance, TSimd.Multiply(meanA, meanB)), to + (3 * lanes));
        }
    }

    /// <summary>The weight of the window's rows that lie outside.</summary>
    private float WeightOutside(int row)
    {
        float sum = 0;
        for (int t = 0; t <= 2 * Radius; t++)
        {
            int y = row + t - Radius;
            sum += y < 0 || y >= _height ? _window[t] : 0;
        }

        return sum;
    }
}
