using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Convolution;

/// <summary>
/// The innermost loop of a weight's gradient: four channels of the output side times some taps, whose sums over the grid
/// positions live in registers, one partial sum per lane.
/// </summary>
internal static unsafe class WeightTile<TSimd, TVector, TInt, TColumns>
    where TSimd : struct, ISimd<TVector, TInt>
    where TVector : struct
    where TInt : struct
    where TColumns : struct, IRowCount
{
    /// <summary>Channels of a tile.</summary>
    public const int Rows = 4;

    /// <summary>sums[i * TColumns + j] = sum over n &lt; count of gradient[i][n] * planes[offsets[j] + n]; count in whole vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(int count, float* g0, float* g1, float* g2, float* g3, float* planes, int* offsets, float* sums)
    {
        TVector s00 = TSimd.Zero, s01 = TSimd.Zero, s02 = TSimd.Zero, s03 = TSimd.Zero, s04 = TSimd.Zero, s05 = TSimd.Zero;
        TVector s10 = TSimd.Zero, s11 = TSimd.Zero, s12 = TSimd.Zero, s13 = TSimd.Zero, s14 = TSimd.Zero, s15 = TSimd.Zero;
        TVector s20 = TSimd.Zero, s21 = TSimd.Zero, s22 = TSimd.Zero, s23 = TSimd.Zero, s24 = TSimd.Zero, s25 = TSimd.Zero;
        TVector s30 = TSimd.Zero, s31 = TSimd.Zero, s32 = TSimd.Zero, s33 = TSimd.Zero, s34 = TSimd.Zero, s35 = TSimd.Zero;
        float* q0 = planes + offsets[0];
        float* q1 = TColumns.Count > 1 ? planes + offsets[1] : q0;
        float* q2 = TColumns.Count > 2 ? planes + offsets[2] : q0;
        float* q3 = TColumns.Count > 3 ? planes + offsets[3] : q0;
        float* q4 = TColumns.Count > 4 ? planes + offsets[4] : q0;
        float* q5 = TColumns.Count > 5 ? planes + offsets[5] : q0;
        for (nint n = 0; n < count; n += TSimd.Count)
        {
            TVector y0 = TSimd.Load(g0 + n);
            TVector y1 = TSimd.Load(g1 + n);
            TVector y2 = TSimd.Load(g2 + n);
            TVector y3 = TSimd.Load(g3 + n);
            TVector x;

            x = TSimd.Load(q0 + n);
            s00 = TSimd.MultiplyAdd(x, y0, s00);
            s10 = TSimd.MultiplyAdd(x, y1, s10);
            s20 = TSimd.MultiplyAdd(x, y2, s20);
            s30 = TSimd.MultiplyAdd(x, y3, s30);

            if (TColumns.Count > 1)
            {
                x = TSimd.Load(q1 + n);
                s01 = TSimd.MultiplyAdd(x, y0, s01);
                s11 = TSimd.MultiplyAdd(x, y1, s11);
                s21 = TSimd.MultiplyAdd(x, y2, s21);
                s31 = TSimd.MultiplyAdd(x, y3, s31);
            }

            if (TColumns.Count > 2)
            {
                x = TSimd.Load(q2 + n);
                s02 = TSimd.MultiplyAdd(x, y0, s02);
                s12 = TSimd.MultiplyAdd(x, y1, s12);
                s22 = TSimd.MultiplyAdd(x, y2, s22);
                s32 = TSimd.MultiplyAdd(x, y3, s32);
            }

            if (TColumns.Count > 3)
            {
                x = TSimd.Load(q3 + n);
                s03 = TSimd.MultiplyAdd(x, y0, s03);
                s13 = TSimd.MultiplyAdd(x, y1, s13);
                s23 = TSimd.MultiplyAdd(x, y2, s23);
                s33 = TSimd.MultiplyAdd(x, y3, s33);
            }

            if (TColumns.Count > 4)
            {
                x = TSimd.Load(q4 + n);
                s04 = TSimd.MultiplyAdd(x, y0, s04);
                s14 = TSimd.MultiplyAdd(x, y1, s14);
                s24 = TSimd.MultiplyAdd(x, y2, s24);
                s34 = TSimd.MultiplyAdd(x, y3, s34);
            }

            if (TColumns.Count > 5)
            {
                x = TSimd.Load(q5 + n);
                s05 = TSimd.MultiplyAdd(x, y0, s05);
                s15 = TSimd.MultiplyAdd(x, y1, s15);
                s25 = TSimd.MultiplyAdd(x, y2, s25);
                s35 = TSimd.MultiplyAdd(x, y3, s35);
            }
        }

        Put(sums + (0 * TColumns.Count), s00, s01, s02, s03, s04, s05);
        Put(sums + (1 * TColumns.Count), s10, s11, s12, s13, s14, s15);
        Put(sums + (2 * TColumns.Count), s20, s21, s22, s23, s24, s25);
        Put(sums + (3 * TColumns.Count), s30, s31, s32, s33, s34, s35);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(float* row, TVector v0, TVector v1, TVector v2, TVector v3, TVector v4, TVector v5)
    {
        row[0] = TSimd.Sum(v0);

        if (TColumns.Count > 1)
        {
            row[1] = TSimd.Sum(v1);
        }

        if (TColumns.Count > 2)
        {
            row[2] = TSimd.Sum(v2);
        }

        if (TColumns.Count > 3)
        {
            row[3] = TSimd.Sum(v3);
        }

        if (TColumns.Count > 4)
        {
            row[4] = TSimd.Sum(v4);
        }

        if (TColumns.Count > 5)
        {
            row[5] = TSimd.Sum(v5);
        }
    }
}
