using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Reductions;

/// <summary>
/// Sums inside rows that are read several times while they are in the cache: plain sums over blocks of fixed size, the
/// blocks in double precision. Relative error about 1e-6 of the sum of magnitudes at worst, 1e-7 as a rule, at any length.
/// </summary>
internal static unsafe class BlockedSum<TSimd, TVector, TInt>
    where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
{
    private const int BlockElements = 1024;

    /// <summary>The sum of x.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static double Values(float* x, long count)
    {
        double sum = 0;
        for (long start = 0; start < count; start += BlockElements)
        {
            int length = (int)Math.Min(BlockElements, count - start);
            float* p = x + start;
            TVector a = TSimd.Zero, b = TSimd.Zero, c = TSimd.Zero, d = TSimd.Zero;
            int i = 0;
            for (; i <= length - (4 * TSimd.Count); i += 4 * TSimd.Count)
            {
                a = TSimd.Add(a, TSimd.Load(p + i));
                b = TSimd.Add(b, TSimd.Load(p + i + TSimd.Count));
                c = TSimd.Add(c, TSimd.Load(p + i + (2 * TSimd.Count)));
                d = TSimd.Add(d, TSimd.Load(p + i + (3 * TSimd.Count)));
            }

            for (; i < length; i += TSimd.Count)
            {
                a = TSimd.Add(a, VectorTail<TSimd, TVector, TInt>.Load(p + i, length - i));
            }

            sum += TSimd.Sum(TSimd.Add(TSimd.Add(a, b), TSimd.Add(c, d)));
        }

        return sum;
    }

    /// <summary>The sum of x z.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static double Dot(float* x, float* z, long count)
    {
        double sum = 0;
        for (long start = 0; start < count; start += BlockElements)
        {
            int length = (int)Math.Min(BlockElements, count - start);
            float* p = x + start;
            float* q = z + start;
            TVector a = TSimd.Zero, b = TSimd.Zero;
            int i = 0;
            for (; i <= length - (2 * TSimd.Count); i += 2 * TSimd.Count)
            {
                a = TSimd.MultiplyAdd(TSimd.Load(p + i), TSimd.Load(q + i), a);
                b = TSimd.MultiplyAdd(TSimd.Load(p + i + TSimd.Count), TSimd.Load(q + i + TSimd.Count), b);
            }

            for (; i < length; i += TSimd.Count)
            {
                a = TSimd.MultiplyAdd(VectorTail<TSimd, TVector, TInt>.Load(p + i, length - i), VectorTail<TSimd, TVector, TInt>.Load(q + i, length - i), a);
            }

            sum += TSimd.Sum(TSimd.Add(a, b));
        }

        return sum;
    }

    /// <summary>The sums of x - centre and of (x - centre)^2.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Deviations(float* x, long count, float centre, out double deviations, out double squares)
    {
        TVector centres = TSimd.Broadcast(centre);
        double sum = 0;
        double squareSum = 0;
        for (long start = 0; start < count; start += BlockElements)
        {
            int length = (int)Math.Min(BlockElements, count - start);
            float* p = x + start;
            TVector a = TSimd.Zero, b = TSimd.Zero, c = TSimd.Zero, d = TSimd.Zero;
            int i = 0;
            for (; i <= length - (2 * TSimd.Count); i += 2 * TSimd.Count)
            {
                TVector u = TSimd.Subtract(TSimd.Load(p + i), centres);
                TVector v = TSimd.Subtract(TSimd.Load(p + i + TSimd.Count), centres);
                a = TSimd.Add(a, u);
                b = TSimd.Add(b, v);
                c = TSimd.MultiplyAdd(u, u, c);
                d = TSimd.MultiplyAdd(v, v, d);
            }

            for (; i <= length - TSimd.Count; i += TSimd.Count)
            {
                TVector u = TSimd.Subtract(TSimd.Load(p + i), centres);
                a = TSimd.Add(a, u);
                c = TSimd.MultiplyAdd(u, u, c);
            }

            sum += TSimd.Sum(TSimd.Add(a, b));
            squareSum += TSimd.Sum(TSimd.Add(c, d));
            for (; i < length; i++)
            {
                double u = (double)p[i] - centre;
                sum += u;
                squareSum += u * u;
            }
        }

        deviations = sum;
        squares = squareSum;
    }

    /// <summary>The sums of g and of g (x - centre).</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Products(float* g, float* x, long count, float centre, out double sums, out double products)
    {
        TVector centres = TSimd.Broadcast(centre);
        double sum = 0;
        double productSum = 0;
        for (long start = 0; start < count; start += BlockElements)
        {
            int length = (int)Math.Min(BlockElements, count - start);
            float* p = g + start;
            float* q = x + start;
            TVector a = TSimd.Zero, b = TSimd.Zero, c = TSimd.Zero, d = TSimd.Zero;
            int i = 0;
            for (; i <= length - (2 * TSimd.Count); i += 2 * TSimd.Count)
            {
                TVector u = TSimd.Load(p + i);
                TVector v = TSimd.Load(p + i + TSimd.Count);
                a = TSimd.Add(a, u);
                b = TSimd.Add(b, v);
                c = TSimd.MultiplyAdd(u, TSimd.Subtract(TSimd.Load(q + i), centres), c);
                d = TSimd.MultiplyAdd(v, TSimd.Subtract(TSimd.Load(q + i + TSimd.Count), centres), d);
            }

            for (; i < length; i += TSimd.Count)
            {
                // Lanes beyond the end have g = 0 and add nothing.
                TVector u = VectorTail<TSimd, TVector, TInt>.Load(p + i, length - i);
                a = TSimd.Add(a, u);
                c = TSimd.MultiplyAdd(u, TSimd.Subtract(VectorTail<TSimd, TVector, TInt>.Load(q + i, length - i), centres), c);
            }

            sum += TSimd.Sum(TSimd.Add(a, b));
            productSum += TSimd.Sum(TSimd.Add(c, d));
        }

        sums = sum;
        products = productSum;
    }
}
