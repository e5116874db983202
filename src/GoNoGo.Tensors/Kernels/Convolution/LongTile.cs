using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Convolution;

/// <summary>
/// The innermost loop of a convolution for up to four channels of the target and up to six vectors of grid positions: the
/// form for few channels, and for processors with sixteen vector registers (with up to three vectors).
/// </summary>
internal static unsafe class LongTile<TSimd, TVector, TInt, TRows, TColumns>
    where TSimd : struct, ISimd<TVector, TInt>
    where TVector : struct
    where TInt : struct
    where TRows : struct, IRowCount
    where TColumns : struct, IRowCount
{
    /// <summary>tile (i, j) [+]= sum over d of weights[d * TRows + i] * planes[offsets[d] + j].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(int depth, float* weights, int* offsets, float* planes, float* tile, bool accumulate)
    {
        TVector s00 = TSimd.Zero, s01 = TSimd.Zero, s02 = TSimd.Zero, s03 = TSimd.Zero, s04 = TSimd.Zero, s05 = TSimd.Zero;
        TVector s10 = TSimd.Zero, s11 = TSimd.Zero, s12 = TSimd.Zero, s13 = TSimd.Zero, s14 = TSimd.Zero, s15 = TSimd.Zero;
        TVector s20 = TSimd.Zero, s21 = TSimd.Zero, s22 = TSimd.Zero, s23 = TSimd.Zero, s24 = TSimd.Zero, s25 = TSimd.Zero;
        TVector s30 = TSimd.Zero, s31 = TSimd.Zero, s32 = TSimd.Zero, s33 = TSimd.Zero, s34 = TSimd.Zero, s35 = TSimd.Zero;
        for (int d = 0; d < depth; d++)
        {
            float* plane = planes + offsets[d];
            TVector p0 = TSimd.Load(plane);
            TVector p1 = TColumns.Count > 1 ? TSimd.Load(plane + (1 * TSimd.Count)) : p0;
            TVector p2 = TColumns.Count > 2 ? TSimd.Load(plane + (2 * TSimd.Count)) : p0;
            TVector p3 = TColumns.Count > 3 ? TSimd.Load(plane + (3 * TSimd.Count)) : p0;
            TVector p4 = TColumns.Count > 4 ? TSimd.Load(plane + (4 * TSimd.Count)) : p0;
            TVector p5 = TColumns.Count > 5 ? TSimd.Load(plane + (5 * TSimd.Count)) : p0;
            TVector w;

            w = TSimd.Broadcast(weights[0]);
            s00 = TSimd.MultiplyAdd(w, p0, s00);
            s01 = TColumns.Count > 1 ? TSimd.MultiplyAdd(w, p1, s01) : s01;
            s02 = TColumns.Count > 2 ? TSimd.MultiplyAdd(w, p2, s02) : s02;
            s03 = TColumns.Count > 3 ? TSimd.MultiplyAdd(w, p3, s03) : s03;
            s04 = TColumns.Count > 4 ? TSimd.MultiplyAdd(w, p4, s04) : s04;
            s05 = TColumns.Count > 5 ? TSimd.MultiplyAdd(w, p5, s05) : s05;

            if (TRows.Count > 1)
            {
                w = TSimd.Broadcast(weights[1]);
                s10 = TSimd.MultiplyAdd(w, p0, s10);
                s11 = TColumns.Count > 1 ? TSimd.MultiplyAdd(w, p1, s11) : s11;
                s12 = TColumns.Count > 2 ? TSimd.MultiplyAdd(w, p2, s12) : s12;
                s13 = TColumns.Count > 3 ? TSimd.MultiplyAdd(w, p3, s13) : s13;
                s14 = TColumns.Count > 4 ? TSimd.MultiplyAdd(w, p4, s14) : s14;
                s15 = TColumns.Count > 5 ? TSimd.MultiplyAdd(w, p5, s15) : s15;
            }

            if (TRows.Count > 2)
            {
                w = TSimd.Broadcast(weights[2]);
                s20 = TSimd.MultiplyAdd(w, p0, s20);
                s21 = TColumns.Count > 1 ? TSimd.MultiplyAdd(w, p1, s21) : s21;
                s22 = TColumns.Count > 2 ? TSimd.MultiplyAdd(w, p2, s22) : s22;
                s23 = TColumns.Count > 3 ? TSimd.MultiplyAdd(w, p3, s23) : s23;
                s24 = TColumns.Count > 4 ? TSimd.MultiplyAdd(w, p4, s24) : s24;
                s25 = TColumns.Count > 5 ? TSimd.MultiplyAdd(w, p5, s25) : s25;
            }

            if (TRows.Count > 3)
            {
                w = TSimd.Broadcast(weights[3]);
                s30 = TSimd.MultiplyAdd(w, p0, s30);
                s31 = TColumns.Count > 1 ? TSimd.MultiplyAdd(w, p1, s31) : s31;
                s32 = TColumns.Count > 2 ? TSimd.MultiplyAdd(w, p2, s32) : s32;
                s33 = TColumns.Count > 3 ? TSimd.MultiplyAdd(w, p3, s33) : s33;
                s34 = TColumns.Count > 4 ? TSimd.MultiplyAdd(w, p4, s34) : s34;
                s35 = TColumns.Count > 5 ? TSimd.MultiplyAdd(w, p5, s35) : s35;
            }

            weights += TRows.Count;
        }

        Put(tile, s00, s01, s02, s03, s04, s05, accumulate);
        tile += TColumns.Count * TSimd.Count;

        if (TRows.Count > 1)
        {
            Put(tile, s10, s11, s12, s13, s14, s15, accumulate);
            tile += TColumns.Count * TSimd.Count;
        }

        if (TRows.Count > 2)
        {
            Put(tile, s20, s21, s22, s23, s24, s25, accumulate);
            tile += TColumns.Count * TSimd.Count;
        }

        if (TRows.Count > 3)
        {
            Put(tile, s30, s31, s32, s33, s34, s35, accumulate);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(float* row, TVector v0, TVector v1, TVector v2, TVector v3, TVector v4, TVector v5, bool accumulate)
    {
        TSimd.Store(accumulate ? TSimd.Add(TSimd.Load(row), v0) : v0, row);

        if (TColumns.Count > 1)
        {
            TSimd.Store(accumulate ? TSimd.Add(TSimd.Load(row + (1 * TSimd.Count)), v1) : v1, row + (1 * TSimd.Count));
        }

        if (TColumns.Count > 2)
        {
            TSimd.Store(accumulate ? TSimd.Add(TSimd.Load(row + (2 * TSimd.Count)), v2) : v2, row + (2 * TSimd.Count));
        }

        if (TColumns.Count > 3)
        {
            TSimd.Store(accumulate ? TSimd.Add(TSimd.Load(row + (3 * TSimd.Count)), v3) : v3, row + (3 * TSimd.Count));
        }

        if (TColumns.Count > 4)
        {
            TSimd.Store(accumulate ? TSimd.Add(TSimd.Load(row + (4 * TSimd.Count)), v4) : v4, row + (4 * TSimd.Count));
        }

        if (TColumns.Count > 5)
        {
            TSimd.Store(accumulate ? TSimd.Add(TSimd.Load(row + (5 * TSimd.Count)), v5) : v5, row + (5 * TSimd.Count));
        }
    }
}
