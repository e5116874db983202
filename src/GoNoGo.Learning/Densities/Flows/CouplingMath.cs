using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Kernels.Elementwise;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Learning.Densities.Flows;

/// <summary>The clamped log-scale, lane-wise.</summary>
internal static class CouplingMath<TSimd, TVector, TInt>
    where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
{
    /// <summary>s = alpha tanh(inner raw).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector LogScale(TVector raw, TVector inner, TVector clamp) =>
        TSimd.Multiply(clamp, VectorMath<TSimd, TVector, TInt>.Tanh(TSimd.Multiply(inner, raw)));

    /// <summary>e^s. Between -alpha and alpha, and whatever alpha is, in the range of floats or infinite as it should be.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Factor(TVector logScale) => VectorMath<TSimd, TVector, TInt>.Exp(logScale);

    /// <summary>ds / d raw = inner (alpha - s^2 / alpha), from s alone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Slope(TVector logScale, TVector inner, TVector clamp, TVector minusInverseClamp) =>
        TSimd.Multiply(inner, TSimd.MultiplyAdd(TSimd.Multiply(logScale, logScale), minusInverseClamp, clamp));
}
