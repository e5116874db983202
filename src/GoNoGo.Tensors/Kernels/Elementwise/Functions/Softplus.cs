using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Elementwise.Functions;

/// <summary>y = ln(1 + e^(beta x)) / beta, and x itself where beta x &gt; threshold.</summary>
/// <param name="beta">Steepness.</param>
/// <param name="threshold">Where the function turns linear.</param>
public readonly struct SoftplusFunction(float beta, float threshold) : IUnaryFunction
{
    private readonly float _inverse = 1f / beta;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Invoke<TSimd, TVector, TInt>(TVector x)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        TVector z = TSimd.Multiply(x, TSimd.Broadcast(beta));
        TVector y = TSimd.Multiply(VectorMath<TSimd, TVector, TInt>.Softplus(z), TSimd.Broadcast(_inverse));
        return TSimd.SelectGreater(z, TSimd.Broadcast(threshold), x, y);
    }
}

/// <summary>dx = dy sigmoid(beta x), and dy where beta x &gt; threshold, from (dy, x).</summary>
/// <param name="beta">Steepness.</param>
/// <param name="threshold">Where the function turns linear.</param>
public readonly struct SoftplusGradient(float beta, float threshold) : IBinaryFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Invoke<TSimd, TVector, TInt>(TVector gradY, TVector x)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        TVector z = TSimd.Multiply(x, TSimd.Broadcast(beta));
        TVector slope = VectorMath<TSimd, TVector, TInt>.Sigmoid(z);
        return TSimd.SelectGreater(z, TSimd.Broadcast(threshold), gradY, TSimd.Multiply(gradY, slope));
    }
}
