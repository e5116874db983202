using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Elementwise.Functions;

/// <summary>y = square root of x.</summary>
public readonly struct SqrtFunction : IUnaryFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Invoke<TSimd, TVector, TInt>(TVector x)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct =>
        TSimd.Sqrt(x);
}

/// <summary>dx = dy / (2 y), from (dy, y).</summary>
public readonly struct SqrtGradient : IBinaryFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Invoke<TSimd, TVector, TInt>(TVector gradY, TVector y)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct =>
        TSimd.Divide(gradY, TSimd.Add(y, y));
}
