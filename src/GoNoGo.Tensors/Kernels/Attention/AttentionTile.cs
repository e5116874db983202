using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels;

/// <summary>The small products inside attention: operands lie in the cache, the left one with any strides.</summary>
internal static unsafe class AttentionTile<TSimd, TVector, TInt>
    where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
{
    private const int TileRows = 6;

    /// <summary>c[i, j] (+)= sum over d of a[d * aDepth + i * aRow] * b[d * bStride + j], for j below columns, a multiple of the lanes.</summary>
    public static void Multiply(
        int rows, int columns, int depth, float* a, nint aDepth, nint aRow, float* b, nint bStride, float* c, nint cStride, bool accumulate)
    {
        for (int i = 0; i < rows; i += TileRows)
        {
            int count = Math.Min(rows - i, TileRows);
            float* left = a + (i * aRow);
            float* target = c + (i * cStride);
            int j = 0;
            for (; j + (2 * TSimd.Count) <= columns; j += 2 * TSimd.Count)
            {
                Tile<Rows2>(count, depth, left, aDepth, aRow, b + j, bStride, target + j, cStride, accumulate);
            }

            if (j < columns)
            {
                Tile<Rows1>(count, depth, left, aDepth, aRow, b + j, bStride, target + j, cStride, accumulate);
            }
        }
    }

    private static void Tile<TVectors>(
        int rows, int depth, float* a, nint aDepth, nint aRow, float* b, nint bStride, float* c, nint cStride, bool accumulate) where TVectors : struct, IRowCount
    {
        switch (rows)
        {
            case 1: Run<Rows1, TVectors>(depth, a, aDepth, aRow, b, bStride, c, cStride, accumulate); break;
            case 2: Run<Rows2, TVectors>(depth, a, aDepth, aRow, b, bStride, c, cStride, accumulate); break;
            case 3: Run<Rows3, TVectors>(depth, a, aDepth, aRow, b, bStride, c, cStride, accumulate); break;
            case 4: Run<Rows4, TVectors>(depth, a, aDepth, aRow, b, bStride, c, cStride, accumulate); break;
            case 5: Run<Rows5, TVectors>(depth, a, aDepth, aRow, b, bStride, c, cStride, accumulate); break;
            default: Run<Rows6, TVectors>(depth, a, aDepth, aRow, b, bStride, c, cStride, accumulate); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TRows, TVectors>(
        int depth, float* a, nint aDepth, nint aRow, float* b, nint bStride, float* c, nint cStride, bool accumulate)
        where TRows : struct, IRowCount where TVectors : struct, IRowCount
    {
        TVector s00 = TSimd.Zero, s01 = TSimd.Zero;
        TVector s10 = TSimd.Zero, s11 = TSimd.Zero;
        TVector s20 = TSimd.Zero, s21 = TSimd.Zero;
        TVector s30 = TSimd.Zero, s31 = TSimd.Zero;
        TVector s40 = TSimd.Zero, s41 = TSimd.Zero;
        TVector s50 = TSimd.Zero, s51 = TSimd.Zero;
        float* a1 = a + aRow;
        float* a2 = a1 + aRow;
        float* a3 = a2 + aRow;
        float* a4 = a3 + aRow;
        float* a5 = a4 + aRow;
        nint at = 0;
        for (int d = 0; d < depth; d++)
        {
            TVector b0 = TSimd.Load(b);
            TVector b1 = TVectors.Count > 1 ? TSimd.Load(b + TSimd.Count) : TSimd.Zero;
            TVector x = TSimd.Broadcast(a[at]);
            s00 = TSimd.MultiplyAdd(x, b0, s00);
            if (TVectors.Count > 1)
            {
                s01 = TSimd.MultiplyAdd(x, b1, s01);
            }

            if (TRows.Count > 1)
            {
                x = TSimd.Broadcast(a1[at]);
                s10 = TSimd.MultiplyAdd(x, b0, s10);
                if (TVectors.Count > 1)
                {
                    s11 = TSimd.MultiplyAdd(x, b1, s11);
                }
            }

            if (TRows.Count > 2)
            {
                x = TSimd.Broadcast(a2[at]);
                s20 = TSimd.MultiplyAdd(x, b0, s20);
                if (TVectors.Count > 1)
                {
                    s21 = TSimd.MultiplyAdd(x, b1, s21);
                }
            }

            if (TRows.Count > 3)
            {
                x = TSimd.Broadcast(a3[at]);
                s30 = TSimd.MultiplyAdd(x, b0, s30);
                if (TVectors.Count > 1)
                {
                    s31 = TSimd.MultiplyAdd(x, b1, s31);
                }
            }

            if (TRows.Count > 4)
            {
                x = TSimd.Broadcast(a4[at]);
                s40 = TSimd.MultiplyAdd(x, b0, s40);
                if (TVectors.Count > 1)
                {
                    s41 = TSimd.MultiplyAdd(x, b1, s41);
                }
            }

            if (TRows.Count > 5)
            {
                x = TSimd.Broadcast(a5[at]);
                s50 = TSimd.MultiplyAdd(x, b0, s50);
                if (TVectors.Count > 1)
                {
                    s51 = TSimd.MultiplyAdd(x, b1, s51);
                }
            }

            at += aDepth;
            b += bStride;
        }

        Store<TVectors>(s00, s01, c, accumulate);
        if (TRows.Count > 1)
        {
            Store<TVectors>(s10, s11, c + cStride, accumulate);
        }

        if (TRows.Count > 2)
        {
            Store<TVectors>(s20, s21, c + (2 * cStride), accumulate);
        }

        if (TRows.Count > 3)
        {
            Store<TVectors>(s30, s31, c + (3 * cStride), accumulate);
        }

        if (TRows.Count > 4)
        {
            Store<TVectors>(s40, s41, c + (4 * cStride), accumulate);
        }

        if (TRows.Count > 5)
        {
            Store<TVectors>(s50, s51, c + (5 * cStride), accumulate);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TVectors>(TVector first, TVector second, float* c, bool accumulate) where TVectors : struct, IRowCount
    {
        TSimd.Store(accumulate ? TSimd.Add(TSimd.Load(c), first) : first, c);
        if (TVectors.Count > 1)
        {
            c += TSimd.Count;
            TSimd.Store(accumulate ? TSimd.Add(TSimd.Load(c), second) : second, c);
        }
    }
}
