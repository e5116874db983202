using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Elementwise.Functions;

/// <summary>y = factor * x + addend.</summary>
/// <param name="factor">The factor.</param>
/// <param name="addend">The addend.</param>
public readonly struct AffineFunction(float factor, float addend) : IUnaryFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Invoke<TSimd, TVector, TInt>(TVector x)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct =>
        TSimd.MultiplyAdd(TSimd.Broadcast(factor), x, TSimd.Broadcast(addend));
}

/// <summary>y = factor * x.</summary>
/// <param name="factor">The factor.</param>
public readonly struct ScaleFunction(float factor) : IUnaryFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Invoke<TSimd, TVector, TInt>(TVector x)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct =>
        TSimd.Multiply(TSimd.Broadcast(factor), x);
}
