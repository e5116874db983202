using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Kernels.Elementwise;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Learning.Densities.Mixtures;

/// <summary>The arithmetic that the block kernels share: one feature, one component, a vector of rows.</summary>
internal static unsafe class BlockTerms
{
    /// <summary>-log sigma - ((x - mu) / sigma)^2 / 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector LogDensity<TDeviation, TSimd, TVector, TInt>(TVector x, TVector mean, TVector raw, TVector floor)
        where TDeviation : struct, IDeviation
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        TVector sigma = TSimd.Add(TDeviation.Evaluate<TSimd, TVector, TInt>(raw).Sigma, floor);
        TVector t = TSimd.Divide(TSimd.Subtract(x, mean), sigma);
        return TSimd.Subtract(TSimd.Multiply(TSimd.Multiply(t, t), TSimd.Broadcast(-0.5f)), VectorMath<TSimd, TVector, TInt>.Log(sigma));
    }

    /// <summary>
    /// Replaces a mean and a raw deviation by the derivatives of the loss, given that by the log density.
    /// Returns minus the derivative by x.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector PutGradients<TDeviation, TSimd, TVector, TInt>(TVector x, TVector share, TVector floor, float* mean, float* raw)
        where TDeviation : struct, IDeviation
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        TVector one = TSimd.Broadcast(1f);
        (TVector sigma, TVector slope) = TDeviation.Evaluate<TSimd, TVector, TInt>(TSimd.Load(raw));
        TVector inverse = TSimd.Divide(one, TSimd.Add(sigma, floor));
        TVector t = TSimd.Multiply(TSimd.Subtract(x, TSimd.Load(mean)), inverse);
        TVector outer = TSimd.Multiply(share, inverse);
        TVector pull = TSimd.Multiply(outer, t);
        TSimd.Store(pull, mean);
        TSimd.Store(TSimd.Multiply(TSimd.Multiply(outer, slope), TSimd.Subtract(TSimd.Multiply(t, t), one)), raw);
        return pull;
    }
}
