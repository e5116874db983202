using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Convolution;

/// <summary>
/// The innermost loop of a weight's gradient: four channels of the output side times some taps, whose sums over the grid
/// positions live in registers, one partial sum per lane.
/// </summary>
internal static unsafe class WeightTile<TSimd, TVector, TInt, TTaps>
    where TSimd : struct, ISimd<TVector, TInt>
    where TVector : struct
    where TInt : struct
    where TTaps : struct, IRowCount
{
    /// <summary>lanes[i * TTaps + j] += gradient[i][n] * planes[offsets[j] + n], lane by lane, over n &lt; count in whole vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(int count, float* g0, float* g1, float* g2, float* g3, float* planes, int* offsets, float* lanes)
    {
        TVector s00 = TSimd.Zero, s01 = TSimd.Zero, s02 = TSimd.Zero, s03 = TSimd.Zero, s04 = TSimd.Zero, s05 = TSimd.Zero;
        TVector s10 = TSimd.Zero, s11 = TSimd.Zero, s12 = TSimd.Zero, s13 = TSimd.Zero, s14 = TSimd.Zero, s15 = TSimd.Zero;
        TVector s20 = TSimd.Zero, s21 = TSimd.Zero, s22 = TSimd.Zero, s23 = TSimd.Zero, s24 = TSimd.Zero, s25 = TSimd.Zero;
        TVector s30 = TSimd.Zero, s31 = TSimd.Zero, s32 = TSimd.Zero, s33 = TSimd.Zero, s34 = TSimd.Zero, s35 = TSimd.Zero;
        float* q0 = planes + offsets[0];
        float* q1 = TTaps.Count > 1 ? planes + offsets[1] : q0;
        float* q2 = TTaps.Count > 2 ? planes + offsets[2] : q0;
        float* q3 = TTaps.Count > 3 ? planes + offsets[3] : q0;
        float* q4 = TTaps.Count > 4 ? planes + offsets[4] : q0;
        float* q5 = TTaps.Count > 5 ? planes + offsets[5] : q0;
        for (nint n = 0; n < count; n += TSimd.Count)
        {
            TVector x0 = TSimd.Load(q0 + n);
            TVector x1 = TTaps.Count > 1 ? TSimd.Load(q1 + n) : x0;
            TVector x2 = TTaps.Count > 2 ? TSimd.Load(q2 + n) : x0;
            TVector x3 = TTaps.Count > 3 ? TSimd.Load(q3 + n) : x0;
            TVector x4 = TTaps.Count > 4 ? TSimd.Load(q4 + n) : x0;
            TVector x5 = TTaps.Count > 5 ? TSimd.Load(q5 + n) : x0;
            TVector g;

            g = TSimd.Load(g0 + n);
            s00 = TSimd.MultiplyAdd(g, x0, s00);
            s01 = TTaps.Count > 1 ? TSimd.MultiplyAdd(g, x1, s01) : s01;
            s02 = TTaps.Count > 2 ? TSimd.MultiplyAdd(g, x2, s02) : s02;
            s03 = TTaps.Count > 3 ? TSimd.MultiplyAdd(g, x3, s03) : s03;
            s04 = TTaps.Count > 4 ? TSimd.MultiplyAdd(g, x4, s04) : s04;
            s05 = TTaps.Count > 5 ? TSimd.MultiplyAdd(g, x5, s05) : s05;

            g = TSimd.Load(g1 + n);
            s10 = TSimd.MultiplyAdd(g, x0, s10);
            s11 = TTaps.Count > 1 ? TSimd.MultiplyAdd(g, x1, s11) : s11;
            s12 = TTaps.Count > 2 ? TSimd.MultiplyAdd(g, x2, s12) : s12;
            s13 = TTaps.Count > 3 ? TSimd.MultiplyAdd(g, x3, s13) : s13;
            s14 = TTaps.Count > 4 ? TSimd.MultiplyAdd(g, x4, s14) : s14;
            s15 = TTaps.Count > 5 ? TSimd.MultiplyAdd(g, x5, s15) : s15;

            g = TSimd.Load(g2 + n);
            s20 = TSimd.MultiplyAdd(g, x0, s20);
            s21 = TTaps.Count > 1 ? TSimd.MultiplyAdd(g, x1, s21) : s21;
            s22 = TTaps.Count > 2 ? TSimd.MultiplyAdd(g, x2, s22) : s22;
            s23 = TTaps.Count > 3 ? TSimd.MultiplyAdd(g, x3, s23) : s23;
            s24 = TTaps.Count > 4 ? TSimd.MultiplyAdd(g, x4, s24) : s24;
            s25 = TTaps.Count > 5 ? TSimd.MultiplyAdd(g, x5, s25) : s25;

            g = TSimd.Load(g3 + n);
            s30 = TSimd.MultiplyAdd(g, x0, s30);
            s31 = TTaps.Count > 1 ? TSimd.MultiplyAdd(g, x1, s31) : s31;
            s32 = TTaps.Count > 2 ? TSimd.MultiplyAdd(g, x2, s32) : s32;
            s33 = TTaps.Count > 3 ? TSimd.MultiplyAdd(g, x3, s33) : s33;
            s34 = TTaps.Count > 4 ? TSimd.MultiplyAdd(g, x4, s34) : s34;
            s35 = TTaps.Count > 5 ? TSimd.MultiplyAdd(g, x5, s35) : s35;
        }

        Add(lanes + (0 * TTaps.Count * TSimd.Count), s00, s01, s02, s03, s04, s05);
        Add(lanes + (1 * TTaps.Count * TSimd.Count), s10, s11, s12, s13, s14, s15);
        Add(lanes + (2 * TTaps.Count * TSimd.Count), s20, s21, s22, s23, s24, s25);
        Add(lanes + (3 * TTaps.Count * TSimd.Count), s30, s31, s32, s33, s34, s35);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(float* row, TVector v0, TVector v1, TVector v2, TVector v3, TVector v4, TVector v5)
    {
        TSimd.Store(TSimd.Add(TSimd.Load(row), v0), row);

        if (TTaps.Count > 1)
        {
            TSimd.Store(TSimd.Add(TSimd.Load(row + (1 * TSimd.Count)), v1), row + (1 * TSimd.Count));
        }

        if (TTaps.Count > 2)
        {
            TSimd.Store(TSimd.Add(TSimd.Load(row + (2 * TSimd.Count)), v2), row + (2 * TSimd.Count));
        }

        if (TTaps.Count > 3)
        {
            TSimd.Store(TSimd.Add(TSimd.Load(row + (3 * TSimd.Count)), v3), row + (3 * TSimd.Count));
        }

        if (TTaps.Count > 4)
        {
            TSimd.Store(TSimd.Add(TSimd.Load(row + (4 * TSimd.Count)), v4), row + (4 * TSimd.Count));
        }

        if (TTaps.Count > 5)
        {
            TSimd.Store(TSimd.Add(TSimd.Load(row + (5 * TSimd.Count)), v5), row + (5 * TSimd.Count));
        }
    }
}
