using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Elementwise.Functions;

/// <summary>dx = dy e^(x - y), from (dy, x, y).</summary>
public readonly struct LogSumExpGradient : ITernaryFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Invoke<TSimd, TVector, TInt>(TVector first, TVector second, TVector third)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct =>
        TSimd.Multiply(first, VectorMath<TSimd, TVector, TInt>.Exp(TSimd.Subtract(second, third)));
}
