using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Kernels.Reductions;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Normalization;

/// <summary>
/// The loop of <see cref="LayerNormKernel.Backward"/> over groups of rows. With u = x - mean (its high part), g = dy * weight
/// and r = 1 / sqrt(variance + eps): dx = r (g - mean(g) - x^ mean(g x^)), x^ = (u - low) r.
/// </summary>
internal unsafe struct LayerNormBackward : IVectorBody
{
    // Plain sums inside a row run no longer than this.
    private const int BlockElements = 1024;

    public float* X;
    public float* Weight;
    public float* Statistics;
    public float* GradY;
    public float* GradX;
    public float* Partials;
    public long GradBiasOffset;
    public long Rows;
    public int RowsPerItem;
    public int Width;
    public bool Accumulate;

    public readonly void Invoke<TSimd, TVector, TInt>(int index)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        long start = (long)index * RowsPerItem;
        long end = Math.Min(start + RowsPerItem, Rows);
        if (GradX != null)
        {
            for (long row = start; row < end; row++)
            {
                Row<TSimd, TVector, TInt>(row);
            }
        }

        if (Partials != null)
        {
            float* gradWeight = Partials + ((long)index * Width);
            Parameters<TSimd, TVector, TInt>(start, end, gradWeight, gradWeight + GradBiasOffset);
        }
    }

    private readonly void Row<TSimd, TVector, TInt>(long row)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        float* x = X + (row * Width);
        float* gradY = GradY + (row * Width);
        float* statistics = Statistics + (row * LayerNormKernel.StatisticsPerRow);
        Sums<TSimd, TVector, TInt>(x, gradY, statistics[0], out double sum, out double product);
        double low = statistics[1];
        double inverse = statistics[2];
        double meanGrad = sum / Width;
        double slope = -(product - (low * sum)) / Width * inverse * inverse * inverse;
        Apply<TSimd, TVector, TInt>(
            x, gradY, GradX + (row * Width), statistics[0], (float)inverse, (float)slope, (float)((-meanGrad * inverse) - (low * slope)));
    }

    /// <summary>The sums of g and of g u.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private readonly void Sums<TSimd, TVector, TInt>(float* x, float* gradY, float high, out double sum, out double product)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        TVector highs = TSimd.Broadcast(high);
        float* weight = Weight;
        int width = Width;
        double sums = 0;
        double products = 0;
        for (int start = 0; start < width; start += BlockElements)
        {
            int end = Math.Min(start + BlockElements, width);
            TVector blockSum = TSimd.Zero;
            TVector blockProduct = TSimd.Zero;
            int i = start;
            for (; i <= end - TSimd.Count; i += TSimd.Count)
            {
                TVector grad = TSimd.Multiply(TSimd.Load(gradY + i), TSimd.Load(weight + i));
                blockSum = TSimd.Add(blockSum, grad);
                blockProduct = TSimd.MultiplyAdd(grad, TSimd.Subtract(TSimd.Load(x + i), highs), blockProduct);
            }

            if (i < end)
            {
                // Lanes beyond the end have dy = 0 and add nothing.
                TVector grad = TSimd.Multiply(TSimd.LoadPartial(gradY + i, end - i), TSimd.LoadPartial(weight + i, end - i));
                blockSum = TSimd.Add(blockSum, grad);
                blockProduct = TSimd.MultiplyAdd(grad, TSimd.Subtract(TSimd.LoadPartial(x + i, end - i), highs), blockProduct);
            }

            sums += TSimd.Sum(blockSum);
            products += TSimd.Sum(blockProduct);
        }

        sum = sums;
        product = products;
    }

    /// <summary>dx = g inverse + u slope + shift.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private readonly void Apply<TSimd, TVector, TInt>(float* x, float* gradY, float* gradX, float high, float inverse, float slope, float shift)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        TVector highs = TSimd.Broadcast(high);
        TVector inverses = TSimd.Broadcast(inverse);
        TVector slopes = TSimd.Broadcast(slope);
        TVector shifts = TSimd.Broadcast(shift);
        float* weight = Weight;
        int width = Width;
        bool accumulate = Accumulate;
        int i = 0;
        for (; i <= width - TSimd.Count; i += TSimd.Count)
        {
            TVector grad = TSimd.Multiply(TSimd.Load(gradY + i), TSimd.Load(weight + i));
            TVector value = TSimd.MultiplyAdd(TSimd.Subtract(TSimd.Load(x + i), highs), slopes, shifts);
            value = TSimd.MultiplyAdd(grad, inverses, value);
            TSimd.Store(accumulate ? TSimd.Add(value, TSimd.Load(gradX + i)) : value, gradX + i);
        }

        if (i < width)
        {
            int rest = width - i;
            TVector grad = TSimd.Multiply(TSimd.LoadPartial(gradY + i, rest), TSimd.LoadPartial(weight + i, rest));
            TVector value = TSimd.MultiplyAdd(TSimd.Subtract(TSimd.LoadPartial(x + i, rest), highs), slopes, shifts);
            VectorTail<TSimd, TVector, TInt>.Store(TSimd.MultiplyAdd(grad, inverses, value), gradX + i, rest, accumulate);
        }
    }

    /// <summary>The sums over the rows of dy x^ and of dy, two vectors of columns at a time.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private readonly void Parameters<TSimd, TVector, TInt>(long start, long end, float* gradWeight, float* gradBias)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        int width = Width;
        float* statistics = Statistics;
        int i = 0;
        for (; i <= width - (2 * TSimd.Count); i += 2 * TSimd.Count)
        {
            TVector weight0 = TSimd.Zero, weight1 = TSimd.Zero, bias0 = TSimd.Zero, bias1 = TSimd.Zero;
            for (long row = start; row < end; row++)
            {
                float* s = statistics + (row * LayerNormKernel.StatisticsPerRow);
                TVector high = TSimd.Broadcast(s[0]);
                TVector low = TSimd.Broadcast(s[1]);
                TVector inverse = TSimd.Broadcast(s[2]);
                float* x = X + (row * width) + i;
                float* gradY = GradY + (row * width) + i;
                TVector grad0 = TSimd.Load(gradY);
                TVector grad1 = TSimd.Load(gradY + TSimd.Count);
                TVector value0 = TSimd.Subtract(TSimd.Subtract(TSimd.Load(x), high), low);
                TVector value1 = TSimd.Subtract(TSimd.Subtract(TSimd.Load(x + TSimd.Count), high), low);
                bias0 = TSimd.Add(bias0, grad0);
                bias1 = TSimd.Add(bias1, grad1);
                weight0 = TSimd.MultiplyAdd(TSimd.Multiply(grad0, inverse), value0, weight0);
                weight1 = TSimd.MultiplyAdd(TSimd.Multiply(grad1, inverse), value1, weight1);
            }

            TSimd.Store(weight0, gradWeight + i);
            TSimd.Store(weight1, gradWeight + i + TSimd.Count);
            TSimd.Store(bias0, gradBias + i);
            TSimd.Store(bias1, gradBias + i + TSimd.Count);
        }

        for (; i < width; i += TSimd.Count)
        {
            int rest = width - i;
            TVector weight = TSimd.Zero, bias = TSimd.Zero;
            for (long row = start; row < end; row++)
            {
                float* s = statistics + (row * LayerNormKernel.StatisticsPerRow);
                TVector grad = VectorTail<TSimd, TVector, TInt>.Load(GradY + (row * width) + i, rest);
                TVector value = VectorTail<TSimd, TVector, TInt>.Load(X + (row * width) + i, rest);
                value = TSimd.Subtract(TSimd.Subtract(value, TSimd.Broadcast(s[0])), TSimd.Broadcast(s[1]));
                bias = TSimd.Add(bias, grad);
                weight = TSimd.MultiplyAdd(TSimd.Multiply(grad, TSimd.Broadcast(s[2])), value, weight);
            }

            VectorTail<TSimd, TVector, TInt>.Store(weight, gradWeight + i, rest);
            VectorTail<TSimd, TVector, TInt>.Store(bias, gradBias + i, rest);
        }
    }
}
