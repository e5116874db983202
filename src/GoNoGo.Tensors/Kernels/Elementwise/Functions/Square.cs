using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Elementwise.Functions;

/// <summary>y = x^2.</summary>
public readonly struct SquareFunction : IUnaryFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Invoke<TSimd, TVector, TInt>(TVector x)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct =>
        TSimd.Multiply(x, x);
}

/// <summary>dx = 2 x dy, from (dy, x).</summary>
public readonly struct SquareGradient : IBinaryFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Invoke<TSimd, TVector, TInt>(TVector gradY, TVector x)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct =>
        TSimd.Multiply(gradY, TSimd.Add(x, x));
}
