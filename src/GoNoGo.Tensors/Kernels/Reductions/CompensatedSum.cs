using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Kernels.Elementwise;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Reductions;

/// <summary>
/// Long sums as accurate as if accumulated in double precision, at any vector width: a running total that keeps what each
/// addition rounds away (Knuth's two-sum). The extra additions hide behind the memory accesses.
/// </summary>
internal static unsafe class CompensatedSum<TSimd, TVector, TInt>
    where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
{
    private const int MaxLanes = 16;

    /// <summary>The sum of f(x) over a contiguous run.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Run<TFunction>(float* x, long count, TFunction f) where TFunction : struct, IUnaryFunction
    {
        TVector total = TSimd.Zero;
        TVector lost = TSimd.Zero;
        long i = 0;
        TVector total2 = TSimd.Zero;
        TVector lost2 = TSimd.Zero;
        for (; i <= count - (2 * TSimd.Count); i += 2 * TSimd.Count)
        {
            Add(ref total, ref lost, f.Invoke<TSimd, TVector, TInt>(TSimd.Load(x + i)));
            Add(ref total2, ref lost2, f.Invoke<TSimd, TVector, TInt>(TSimd.Load(x + i + TSimd.Count)));
        }

        for (; i <= count - TSimd.Count; i += TSimd.Count)
        {
            Add(ref total, ref lost, f.Invoke<TSimd, TVector, TInt>(TSimd.Load(x + i)));
        }

        double sum = Lanes(total, lost, TSimd.Count) + Lanes(total2, lost2, TSimd.Count);
        return i < count ? sum + Lanes(f.Invoke<TSimd, TVector, TInt>(TSimd.LoadPartial(x + i, (int)(count - i))), TSimd.Zero, (int)(count - i)) : sum;
    }

    /// <summary>The sum of f(x, z) over two contiguous runs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Run<TFunction>(float* x, float* z, long count, TFunction f) where TFunction : struct, IBinaryFunction
    {
        TVector total = TSimd.Zero;
        TVector lost = TSimd.Zero;
        long i = 0;
        for (; i <= count - TSimd.Count; i += TSimd.Count)
        {
            Add(ref total, ref lost, f.Invoke<TSimd, TVector, TInt>(TSimd.Load(x + i), TSimd.Load(z + i)));
        }

        double sum = Lanes(total, lost, TSimd.Count);
        int rest = (int)(count - i);
        return rest > 0
            ? sum + Lanes(f.Invoke<TSimd, TVector, TInt>(TSimd.LoadPartial(x + i, rest), TSimd.LoadPartial(z + i, rest)), TSimd.Zero, rest)
            : sum;
    }

    /// <summary>total + value, and what the addition rounded away to <paramref name="lost"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(ref TVector total, ref TVector lost, TVector value)
    {
        TVector sum = TSimd.Add(total, value);
        TVector part = TSimd.Subtract(sum, total);
        TVector error = TSimd.Add(TSimd.Subtract(total, TSimd.Subtract(sum, part)), TSimd.Subtract(value, part));
        total = sum;
        lost = TSimd.Add(lost, error);
    }

    /// <summary>The first <paramref name="count"/> lanes of total + lost, summed.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static double Lanes(TVector total, TVector lost, int count)
    {
        float* totals = stackalloc float[MaxLanes];
        float* losts = stackalloc float[MaxLanes];
        TSimd.Store(total, totals);
        TSimd.Store(lost, losts);
        double sum = 0;
        for (int lane = 0; lane < count; lane++)
        {
            sum += Combine(totals[lane], losts[lane]);
        }

        return sum;
    }

    /// <summary>total + lost; an infinite total leaves no meaningful rest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Combine(float total, float lost) => float.IsNaN(lost) ? total : (double)total + lost;
}

/// <summary>f(x) = x.</summary>
internal readonly struct IdentityFunction : IUnaryFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Invoke<TSimd, TVector, TInt>(TVector x)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct => x;
}
