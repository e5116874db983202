using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Elementwise.Functions;

/// <summary>y = 1 / (1 + e^-x).</summary>
public readonly struct SigmoidFunction : IUnaryFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Invoke<TSimd, TVector, TInt>(TVector x)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct =>
        VectorMath<TSimd, TVector, TInt>.Sigmoid(x);
}

/// <summary>dx = dy y (1 - y), from (dy, y).</summary>
public readonly struct SigmoidGradient : IBinaryFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Invoke<TSimd, TVector, TInt>(TVector gradY, TVector y)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct =>
        TSimd.Multiply(gradY, TSimd.Multiply(y, TSimd.Subtract(TSimd.Broadcast(1f), y)));
}
