using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Distances;

/// <summary>The squared Euclidean distance of two vectors, from their differences: exact to rounding also where they are near each other.</summary>
public static unsafe class SquaredDistance
{
    /// <summary>The distance.</summary>
    /// <param name="left">One vector.</param>
    /// <param name="right">The other.</param>
    /// <param name="count">Their length.</param>
    public static float Of<TSimd, TVector, TInt>(float* left, float* right, int count)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        TVector even = TSimd.Zero;
        TVector odd = TSimd.Zero;
        int i = 0;
        for (; i <= count - (2 * TSimd.Count); i += 2 * TSimd.Count)
        {
            TVector first = TSimd.Subtract(TSimd.Load(left + i), TSimd.Load(right + i));
            TVector second = TSimd.Subtract(TSimd.Load(left + i + TSimd.Count), TSimd.Load(right + i + TSimd.Count));
            even = TSimd.MultiplyAdd(first, first, even);
            odd = TSimd.MultiplyAdd(second, second, odd);
        }

        float sum = TSimd.Sum(TSimd.Add(even, odd));
        for (; i < count; i++)
        {
            float difference = left[i] - right[i];
            sum += difference * difference;
        }

        return sum;
    }
}
