using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Elementwise.Functions;

/// <summary>y = x limited to [lowest, highest]; NaN stays NaN.</summary>
/// <param name="lowest">The lower limit.</param>
/// <param name="highest">The upper limit.</param>
public readonly struct ClampFunction(float lowest, float highest) : IUnaryFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Invoke<TSimd, TVector, TInt>(TVector x)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct =>
        VectorMath<TSimd, TVector, TInt>.AtMost(VectorMath<TSimd, TVector, TInt>.AtLeast(x, lowest), highest);
}

/// <summary>dx = dy where lowest &lt;= x &lt;= highest, else 0, from (dy, x).</summary>
/// <param name="lowest">The lower limit.</param>
/// <param name="highest">The upper limit.</param>
public readonly struct ClampGradient(float lowest, float highest) : IBinaryFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Invoke<TSimd, TVector, TInt>(TVector gradY, TVector x)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        TVector below = TSimd.SelectGreater(TSimd.Broadcast(lowest), x, TSimd.Zero, gradY);
        return TSimd.SelectNaN(x, TSimd.Zero, TSimd.SelectGreater(x, TSimd.Broadcast(highest), TSimd.Zero, below));
    }
}
