using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Elementwise.Functions;

/// <summary>y = x (1 + erf(x / sqrt 2)) / 2, the exact form of the Gaussian error linear unit.</summary>
public readonly struct GeluFunction : IUnaryFunction
{
    private const float InverseSqrt2 = 0.707106781f;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Invoke<TSimd, TVector, TInt>(TVector x)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        // The result is 0 below -10; the limit keeps -infinity from meeting a zero factor.
        x = TSimd.Max(x, TSimd.Broadcast(-40f));
        TVector half = TSimd.Multiply(x, TSimd.Broadcast(0.5f));
        TVector erf = VectorMath<TSimd, TVector, TInt>.Erf(TSimd.Multiply(x, TSimd.Broadcast(InverseSqrt2)));
        return TSimd.MultiplyAdd(half, erf, half);
    }
}

/// <summary>dx = dy ((1 + erf(x / sqrt 2)) / 2 + x e^(-x^2 / 2) / sqrt(2 pi)), from (dy, x).</summary>
public readonly struct GeluGradient : IBinaryFunction
{
    private const float InverseSqrt2 = 0.707106781f;
    private const float InverseSqrt2Pi = 0.398942280f;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Invoke<TSimd, TVector, TInt>(TVector gradY, TVector x)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        x = TSimd.Min(TSimd.Max(x, TSimd.Broadcast(-40f)), TSimd.Broadcast(40f));
        TVector half = TSimd.Broadcast(0.5f);
        TVector erf = VectorMath<TSimd, TVector, TInt>.Erf(TSimd.Multiply(x, TSimd.Broadcast(InverseSqrt2)));
        TVector density = VectorMath<TSimd, TVector, TInt>.Exp(TSimd.Multiply(TSimd.Multiply(x, x), TSimd.Broadcast(-0.5f)));
        TVector slope = TSimd.MultiplyAdd(TSimd.Multiply(x, TSimd.Broadcast(InverseSqrt2Pi)), density, TSimd.MultiplyAdd(erf, half, half));
        return TSimd.Multiply(gradY, slope);
    }
}
