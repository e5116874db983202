using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Kernels.Reductions;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Normalization;

/// <summary>The loop of <see cref="LayerNormKernel.Forward"/> over groups of rows.</summary>
internal unsafe struct LayerNormForward : IVectorBody
{
    public float* X;
    public float* Weight;
    public float* Bias;
    public float* Statistics;
    public float* Y;
    public long Rows;
    public int RowsPerItem;
    public int Width;
    public float Eps;

    public readonly void Invoke<TSimd, TVector, TInt>(int index)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        long end = Math.Min((index + 1L) * RowsPerItem, Rows);
        for (long row = (long)index * RowsPerItem; row < end; row++)
        {
            Row<TSimd, TVector, TInt>(row);
        }
    }

    private readonly void Row<TSimd, TVector, TInt>(long row)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        float* x = X + (row * Width);
        float high = (float)(BlockedSum<TSimd, TVector, TInt>.Values(x, Width) / Width);
        BlockedSum<TSimd, TVector, TInt>.Deviations(x, Width, high, out double deviations, out double squares);
        float low = (float)(deviations / Width);
        double variance = Math.Max(0, (squares / Width) - ((double)low * low));
        float inverse = (float)(1 / Math.Sqrt(variance + Eps));
        if (Statistics != null)
        {
            float* statistics = Statistics + (row * LayerNormKernel.StatisticsPerRow);
            statistics[0] = high;
            statistics[1] = low;
            statistics[2] = inverse;
        }

        Apply<TSimd, TVector, TInt>(x, Y + (row * Width), high, -low * inverse, inverse);
    }

    /// <summary>y = ((x - high) inverse + shift) weight + bias.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private readonly void Apply<TSimd, TVector, TInt>(float* x, float* y, float high, float shift, float inverse)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        TVector highs = TSimd.Broadcast(high);
        TVector shifts = TSimd.Broadcast(shift);
        TVector inverses = TSimd.Broadcast(inverse);
        float* weight = Weight;
        float* bias = Bias;
        int width = Width;
        int i = 0;
        for (; i <= width - TSimd.Count; i += TSimd.Count)
        {
            TVector value = TSimd.MultiplyAdd(TSimd.Subtract(TSimd.Load(x + i), highs), inverses, shifts);
            TSimd.Store(TSimd.MultiplyAdd(value, TSimd.Load(weight + i), TSimd.Load(bias + i)), y + i);
        }

        if (i < width)
        {
            int rest = width - i;
            TVector value = TSimd.MultiplyAdd(TSimd.Subtract(TSimd.LoadPartial(x + i, rest), highs), inverses, shifts);
            TSimd.StorePartial(TSimd.MultiplyAdd(value, TSimd.LoadPartial(weight + i, rest), TSimd.LoadPartial(bias + i, rest)), y + i, rest);
        }
    }
}
