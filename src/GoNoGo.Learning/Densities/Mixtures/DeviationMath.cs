using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Kernels.Elementwise;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Learning.Densities.Mixtures;

/// <summary>Standard deviation and its derivative from the network's raw output, lane-wise.</summary>
internal interface IDeviation
{
    /// <summary>sigma(u) without the floor, and d sigma / d u.</summary>
    static abstract (TVector Sigma, TVector Slope) Evaluate<TSimd, TVector, TInt>(TVector u)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct;
}

/// <inheritdoc cref="DeviationForm.EluPlusOne"/>
internal readonly struct EluPlusOneDeviation : IDeviation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (TVector Sigma, TVector Slope) Evaluate<TSimd, TVector, TInt>(TVector u)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        TVector one = TSimd.Broadcast(1f);
        TVector exponential = VectorMath<TSimd, TVector, TInt>.ExpOfNegative(VectorMath<TSimd, TVector, TInt>.AtMost(u, 0f));
        TVector sigma = TSimd.SelectGreater(u, TSimd.Zero, TSimd.Add(u, one), TSimd.Add(exponential, TSimd.Broadcast(1e-15f)));
        return (sigma, TSimd.SelectGreater(u, TSimd.Zero, one, exponential));
    }
}

/// <inheritdoc cref="DeviationForm.Softplus"/>
internal readonly struct SoftplusDeviation : IDeviation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (TVector Sigma, TVector Slope) Evaluate<TSimd, TVector, TInt>(TVector u)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        // softplus(u) = max(u, 0) + log1p(e), sigmoid(u) = 1 / (1 + e) or e / (1 + e), with e = exp(-|u|): no overflow.
        TVector one = TSimd.Broadcast(1f);
        TVector e = VectorMath<TSimd, TVector, TInt>.Exp(TSimd.Negate(TSimd.Abs(u)));
        TVector sigma = TSimd.Add(TSimd.Max(u, TSimd.Zero), VectorMath<TSimd, TVector, TInt>.Log1p(e));
        TVector slope = TSimd.Divide(TSimd.SelectGreater(u, TSimd.Zero, one, e), TSimd.Add(one, e));
        return (sigma, slope);
    }
}

/// <inheritdoc cref="DeviationForm.SoftplusVariance"/>
internal readonly struct SoftplusVarianceDeviation : IDeviation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (TVector Sigma, TVector Slope) Evaluate<TSimd, TVector, TInt>(TVector u)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        (TVector variance, TVector slope) = SoftplusDeviation.Evaluate<TSimd, TVector, TInt>(u);
        TVector sigma = TSimd.Sqrt(variance);
        return (sigma, TSimd.Divide(TSimd.Multiply(TSimd.Broadcast(0.5f), slope), sigma));
    }
}

/// <inheritdoc cref="DeviationForm.SoftplusLogVariance"/>
internal readonly struct SoftplusLogVarianceDeviation : IDeviation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (TVector Sigma, TVector Slope) Evaluate<TSimd, TVector, TInt>(TVector u)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        (TVector variance, TVector slope) = SoftplusDeviation.Evaluate<TSimd, TVector, TInt>(u);
        TVector half = TSimd.Broadcast(0.5f);
        TVector sigma = VectorMath<TSimd, TVector, TInt>.Exp(TSimd.Multiply(half, variance));
        return (sigma, TSimd.Multiply(TSimd.Multiply(half, sigma), slope));
    }
}
