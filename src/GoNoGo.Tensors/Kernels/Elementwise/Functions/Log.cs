using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Elementwise.Functions;

/// <summary>y = ln x.</summary>
public readonly struct LogFunction : IUnaryFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Invoke<TSimd, TVector, TInt>(TVector x)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct =>
        VectorMath<TSimd, TVector, TInt>.Log(x);
}

/// <summary>dx = dy / x, from (dy, x).</summary>
public readonly struct LogGradient : IBinaryFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Invoke<TSimd, TVector, TInt>(TVector gradY, TVector x)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct =>
        TSimd.Divide(gradY, x);
}
