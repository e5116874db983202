using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Elementwise.Functions;

/// <summary>y = x for x &gt; 0, else e^x - 1 (alpha 1).</summary>
public readonly struct EluFunction : IUnaryFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Invoke<TSimd, TVector, TInt>(TVector x)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct =>
        TSimd.SelectGreater(x, TSimd.Zero, x, VectorMath<TSimd, TVector, TInt>.Expm1OfNegative(VectorMath<TSimd, TVector, TInt>.AtMost(x, 0f)));
}

/// <summary>dx = dy for y &gt; 0, else dy (y + 1), from (dy, y).</summary>
public readonly struct EluGradient : IBinaryFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Invoke<TSimd, TVector, TInt>(TVector gradY, TVector y)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct =>
        TSimd.SelectGreater(y, TSimd.Zero, gradY, TSimd.MultiplyAdd(gradY, y, gradY));
}
