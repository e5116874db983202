using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Convolution;

/// <summary>
/// The transforms of Winograd's minimal filtering F(2 x 2, 3 x 3) (Lavin and Gray 2016) along one side of a tile; a tile is transformed
/// along both. Y = A' [(G g G') * (B' d B)] A, and so the gradient of g is G' [(A dY A') * (B' d B)] G.
/// </summary>
internal static class WinogradSides<TSimd, TVector, TInt>
    where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
{
    /// <summary>B': four pixels to four values, d0 - d2, d1 + d2, d2 - d1, d1 - d3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input(TVector d0, TVector d1, TVector d2, TVector d3, out TVector v0, out TVector v1, out TVector v2, out TVector v3)
    {
        v0 = TSimd.Subtract(d0, d2);
        v1 = TSimd.Add(d1, d2);
        v2 = TSimd.Subtract(d2, d1);
        v3 = TSimd.Subtract(d1, d3);
    }

    /// <summary>A': four products to two pixels, m0 + m1 + m2, m1 - m2 - m3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Output(TVector m0, TVector m1, TVector m2, TVector m3, out TVector y0, out TVector y1)
    {
        y0 = TSimd.Add(TSimd.Add(m0, m1), m2);
        y1 = TSimd.Subtract(TSimd.Subtract(m1, m2), m3);
    }

    /// <summary>A: the gradients of two pixels to those of four products.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OutputGradient(TVector y0, TVector y1, out TVector m0, out TVector m1, out TVector m2, out TVector m3)
    {
        m0 = y0;
        m1 = TSimd.Add(y0, y1);
        m2 = TSimd.Subtract(y0, y1);
        m3 = TSimd.Negate(y1);
    }

    /// <summary>G: three taps to four weights, g0, (g0 + g1 + g2) / 2, (g0 - g1 + g2) / 2, g2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Weight(TVector g0, TVector g1, TVector g2, out TVector u0, out TVector u1, out TVector u2, out TVector u3)
    {
        TVector half = TSimd.Broadcast(0.5f);
        TVector outer = TSimd.Add(g0, g2);
        u0 = g0;
        u1 = TSimd.Multiply(half, TSimd.Add(outer, g1));
        u2 = TSimd.Multiply(half, TSimd.Subtract(outer, g1));
        u3 = g2;
    }

    /// <summary>G': the gradients of four weights to those of three taps.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WeightGradient(TVector u0, TVector u1, TVector u2, TVector u3, out TVector g0, out TVector g1, out TVector g2)
    {
        TVector half = TSimd.Broadcast(0.5f);
        TVector sum = TSimd.Multiply(half, TSimd.Add(u1, u2));
        g0 = TSimd.Add(u0, sum);
        g1 = TSimd.Multiply(half, TSimd.Subtract(u1, u2));
        g2 = TSimd.Add(sum, u3);
    }
}
