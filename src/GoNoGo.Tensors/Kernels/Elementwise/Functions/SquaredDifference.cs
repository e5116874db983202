using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Elementwise.Functions;

/// <summary>y = (left - right)^2.</summary>
public readonly struct SquaredDifferenceFunction : IBinaryFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Invoke<TSimd, TVector, TInt>(TVector left, TVector right)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        TVector difference = TSimd.Subtract(left, right);
        return TSimd.Multiply(difference, difference);
    }
}

/// <summary>y = factor (left - right).</summary>
/// <param name="factor">The factor.</param>
public readonly struct ScaledDifferenceFunction(float factor) : IBinaryFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Invoke<TSimd, TVector, TInt>(TVector left, TVector right)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct =>
        TSimd.Multiply(TSimd.Broadcast(factor), TSimd.Subtract(left, right));
}

/// <summary>y = factor * left * right.</summary>
/// <param name="factor">The factor.</param>
public readonly struct ScaledProductFunction(float factor) : IBinaryFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Invoke<TSimd, TVector, TInt>(TVector left, TVector right)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct =>
        TSimd.Multiply(TSimd.Broadcast(factor), TSimd.Multiply(left, right));
}
