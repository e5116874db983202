using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Convolution;

/// <summary>
/// The innermost loop of a convolution for eight channels of the target and up to three vectors of grid positions, whose sums
/// live in registers: weights are broadcast, planes are read in place at the offset of each tap.
/// </summary>
internal static unsafe class TallTile<TSimd, TVector, TInt, TRows, TColumns>
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
        TVector s00 = TSimd.Zero, s01 = TSimd.Zero, s02 = TSimd.Zero;
        TVector s10 = TSimd.Zero, s11 = TSimd.Zero, s12 = TSimd.Zero;
        TVector s20 = TSimd.Zero, s21 = TSimd.Zero, s22 = TSimd.Zero;
        TVector s30 = TSimd.Zero, s31 = TSimd.Zero, s32 = TSimd.Zero;
        TVector s40 = TSimd.Zero, s41 = TSimd.Zero, s42 = TSimd.Zero;
        TVector s50 = TSimd.Zero, s51 = TSimd.Zero, s52 = TSimd.Zero;
        TVector s60 = TSimd.Zero, s61 = TSimd.Zero, s62 = TSimd.Zero;
        TVector s70 = TSimd.Zero, s71 = TSimd.Zero, s72 = TSimd.Zero;
        for (int d = 0; d < depth; d++)
        {
            float* plane = planes + offsets[d];
            TVector p0 = TSimd.Load(plane);
            TVector p1 = TColumns.Count > 1 ? TSimd.Load(plane + (1 * TSimd.Count)) : p0;
            TVector p2 = TColumns.Count > 2 ? TSimd.Load(plane + (2 * TSimd.Count)) : p0;
            TVector w;

            w = TSimd.Broadcast(weights[0]);
            s00 = TSimd.MultiplyAdd(w, p0, s00);
            s01 = TColumns.Count > 1 ? TSimd.MultiplyAdd(w, p1, s01) : s01;
            s02 = TColumns.Count > 2 ? TSimd.MultiplyAdd(w, p2, s02) : s02;

            if (TRows.Count > 1)
            {
                w = TSimd.Broadcast(weights[1]);
                s10 = TSimd.MultiplyAdd(w, p0, s10);
                s11 = TColumns.Count > 1 ? TSimd.MultiplyAdd(w, p1, s11) : s11;
                s12 = TColumns.Count > 2 ? TSimd.MultiplyAdd(w, p2, s12) : s12;
            }

            if (TRows.Count > 2)
            {
                w = TSimd.Broadcast(weights[2]);
                s20 = TSimd.MultiplyAdd(w, p0, s20);
                s21 = TColumns.Count > 1 ? TSimd.MultiplyAdd(w, p1, s21) : s21;
                s22 = TColumns.Count > 2 ? TSimd.MultiplyAdd(w, p2, s22) : s22;
            }

            if (TRows.Count > 3)
            {
                w = TSimd.Broadcast(weights[3]);
                s30 = TSimd.MultiplyAdd(w, p0, s30);
                s31 = TColumns.Count > 1 ? TSimd.MultiplyAdd(w, p1, s31) : s31;
                s32 = TColumns.Count > 2 ? TSimd.MultiplyAdd(w, p2, s32) : s32;
            }

            if (TRows.Count > 4)
            {
                w = TSimd.Broadcast(weights[4]);
                s40 = TSimd.MultiplyAdd(w, p0, s40);
                s41 = TColumns.Count > 1 ? TSimd.MultiplyAdd(w, p1, s41) : s41;
                s42 = TColumns.Count > 2 ? TSimd.MultiplyAdd(w, p2, s42) : s42;
            }

            if (TRows.Count > 5)
            {
                w = TSimd.Broadcast(weights[5]);
                s50 = TSimd.MultiplyAdd(w, p0, s50);
                s51 = TColumns.Count > 1 ? TSimd.MultiplyAdd(w, p1, s51) : s51;
                s52 = TColumns.Count > 2 ? TSimd.MultiplyAdd(w, p2, s52) : s52;
            }

            if (TRows.Count > 6)
            {
                w = TSimd.Broadcast(weights[6]);
                s60 = TSimd.MultiplyAdd(w, p0, s60);
                s61 = TColumns.Count > 1 ? TSimd.MultiplyAdd(w, p1, s61) : s61;
                s62 = TColumns.Count > 2 ? TSimd.MultiplyAdd(w, p2, s62) : s62;
            }

            if (TRows.Count > 7)
            {
                w = TSimd.Broadcast(weights[7]);
                s70 = TSimd.MultiplyAdd(w, p0, s70);
                s71 = TColumns.Count > 1 ? TSimd.MultiplyAdd(w, p1, s71) : s71;
                s72 = TColumns.Count > 2 ? TSimd.MultiplyAdd(w, p2, s72) : s72;
            }

            weights += TRows.Count;
        }

        Put(tile, s00, s01, s02, accumulate);
        tile += TColumns.Count * TSimd.Count;

        if (TRows.Count > 1)
        {
            Put(tile, s10, s11, s12, accumulate);
            tile += TColumns.Count * TSimd.Count;
        }

        if (TRows.Count > 2)
        {
            Put(tile, s20, s21, s22, accumulate);
            tile += TColumns.Count * TSimd.Count;
        }

        if (TRows.Count > 3)
        {
            Put(tile, s30, s31, s32, accumulate);
            tile += TColumns.Count * TSimd.Count;
        }

        if (TRows.Count > 4)
        {
            Put(tile, s40, s41, s42, accumulate);
            tile += TColumns.Count * TSimd.Count;
        }

        if (TRows.Count > 5)
        {
            Put(tile, s50, s51, s52, accumulate);
            tile += TColumns.Count * TSimd.Count;
        }

        if (TRows.Count > 6)
        {
            Put(tile, s60, s61, s62, accumulate);
            tile += TColumns.Count * TSimd.Count;
        }

        if (TRows.Count > 7)
        {
            Put(tile, s70, s71, s72, accumulate);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(float* row, TVector v0, TVector v1, TVector v2, bool accumulate)
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
    }
}
