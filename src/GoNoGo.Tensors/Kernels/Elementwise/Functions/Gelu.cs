using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Elementwise.Functions;

/// <summary>y = x (1 + erf(x / sqrt 2)) / 2, the exact form of the Gaussian error linear unit.</summary>
public readonly struct GeluFunction : IUnaryFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Invoke<TSimd, TVector, TInt>(TVector x)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        // x Phi(x) = max(x, 0) - |x| Phi(-|x|): no cancellation on either side.
        TVector tail = NormalTail<TSimd, TVector, TInt>.Of(x, out TVector magnitude, out _);
        TVector positive = VectorMath<TSimd, TVector, TInt>.AtLeast(x, 0f);
        return TSimd.Subtract(positive, TSimd.Multiply(magnitude, tail));
    }
}

/// <summary>dx = dy (Phi(x) + x phi(x)), Phi and phi being the normal distribution and its density, from (dy, x).</summary>
public readonly struct GeluGradient : IBinaryFunction
{
    private const float InverseSqrt2Pi = 0.398942280f;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Invoke<TSimd, TVector, TInt>(TVector gradY, TVector x)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        // The derivative at |x| is 1 - (Phi(-|x|) - |x| phi(x)), that at -|x| the bracket itself.
        TVector tail = NormalTail<TSimd, TVector, TInt>.Of(x, out TVector magnitude, out TVector exponential);
        TVector density = TSimd.Multiply(TSimd.Multiply(magnitude, TSimd.Broadcast(InverseSqrt2Pi)), exponential);
        TVector bracket = TSimd.Subtract(tail, density);
        TVector slope = TSimd.SelectGreater(x, TSimd.Zero, TSimd.Subtract(TSimd.Broadcast(1f), bracket), bracket);
        return TSimd.Multiply(gradY, slope);
    }
}

/// <summary>The tail of the normal distribution.</summary>
internal static class NormalTail<TSimd, TVector, TInt>
    where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
{
    /// <summary>
    /// Phi(-|x|) = e^(-x^2 / 2) Q(|x|), Q being an own minimax fit on [0, 6]; absolute error times max(1, |x|) below 4e-8 before rounding.
    /// </summary>
    /// <param name="x">Any numbers.</param>
    /// <param name="magnitude">|x|, but at most 14, where the tail is 0 to float precision.</param>
    /// <param name="exponential">e^(-x^2 / 2).</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Of(TVector x, out TVector magnitude, out TVector exponential)
    {
        TVector a = VectorMath<TSimd, TVector, TInt>.AtMost(TSimd.Abs(x), 14f);
        TVector b = VectorMath<TSimd, TVector, TInt>.AtMost(a, 6f);
        TVector q = TSimd.Broadcast(-2.443784e-07f);
        q = TSimd.MultiplyAdd(q, b, TSimd.Broadcast(6.2912577e-06f));
        q = TSimd.MultiplyAdd(q, b, TSimd.Broadcast(-7.2804694e-05f));
        q = TSimd.MultiplyAdd(q, b, TSimd.Broadcast(0.0005076687f));
        q = TSimd.MultiplyAdd(q, b, TSimd.Broadcast(-0.002430728f));
        q = TSimd.MultiplyAdd(q, b, TSimd.Broadcast(0.008718596f));
        q = TSimd.MultiplyAdd(q, b, TSimd.Broadcast(-0.025151243f));
        q = TSimd.MultiplyAdd(q, b, TSimd.Broadcast(0.061704695f));
        q = TSimd.MultiplyAdd(q, b, TSimd.Broadcast(-0.13272057f));
        q = TSimd.MultiplyAdd(q, b, TSimd.Broadcast(0.24995607f));
        q = TSimd.MultiplyAdd(q, b, TSimd.Broadcast(-0.3989394f));
        q = TSimd.MultiplyAdd(q, b, TSimd.Broadcast(0.49999997f));
        magnitude = a;
        exponential = VectorMath<TSimd, TVector, TInt>.ExpOfNegative(TSimd.Multiply(TSimd.Multiply(a, a), TSimd.Broadcast(-0.5f)));
        return TSimd.Multiply(exponential, q);
    }
}
