using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels;

/// <summary>
/// Row by row windowed means of two pictures. The 11 x 11 window is a product of two 11-vectors, so each row is blended
/// over its neighbours first and then along itself; outside the picture there are zeros.
/// </summary>
internal unsafe readonly struct SsimRows<TSimd, TVector, TInt>
    where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
{
    /// <summary>The window reaches this far to each side.</summary>
    public const int Radius = 5;

    /// <summary>Windowed quantities: a, b, a^2 + b^2, a b. The two variances are only ever needed as their sum.</summary>
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

    /// <summary>The windowed means of one row: four rows of <see cref="Lanes"/> floats, of which the first width count.</summary>
    public void Means(int row, float* means)
    {
        int padded = Padded(_width);
        int vectors = _width / TSimd.Count * TSimd.Count;
        Blend<TSimd, TVector, TInt>(row, 0, vectors);
        Blend<SimdScalar, float, int>(row, vectors, _width);
        for (int quantity = 0; quantity < Quantities; quantity++)
        {
            Along(_blended + (quantity * padded), _window, Lanes(_width), means + (quantity * Lanes(_width)));
        }
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

    private void Blend<TS, TV, TI>(int row, int start, int end) where TS : struct, ISimd<TV, TI> where TV : struct where TI : struct
    {
        int padded = Padded(_width);
        int first = Math.Max(row - Radius, 0);
        int last = Math.Min(row + Radius, _height - 1);
        for (int x = start; x < end; x += TS.Count)
        {
            TV meanA = TS.Zero;
            TV meanB = TS.Zero;
            TV squares = TS.Zero;
            TV product = TS.Zero;
            float* a = _a + ((long)first * _width) + x;
            float* b = _b + ((long)first * _width) + x;
            for (int y = first; y <= last; y++)
            {
                TV weight = TS.Broadcast(_window[y - row + Radius]);
                TV valueA = TS.Load(a);
                TV valueB = TS.Load(b);
                meanA = TS.MultiplyAdd(weight, valueA, meanA);
                meanB = TS.MultiplyAdd(weight, valueB, meanB);
                squares = TS.MultiplyAdd(weight, TS.MultiplyAdd(valueA, valueA, TS.Multiply(valueB, valueB)), squares);
                product = TS.MultiplyAdd(weight, TS.Multiply(valueA, valueB), product);
                a += _width;
                b += _width;
            }

            float* to = _blended + Radius + x;
            TS.Store(meanA, to);
            TS.Store(meanB, to + padded);
            TS.Store(squares, to + (2 * padded));
            TS.Store(product, to + (3 * padded));
        }
    }
}
