using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Convolution;

/// <summary>How the broadcast operand of a <see cref="BlockedTile{TSimd, TVector, TInt, TRows, TOrder}"/> lies.</summary>
internal interface ITileOrder
{
    /// <summary>Floats from one row of the tile to the next.</summary>
    static abstract int Row { get; }

    /// <summary>Floats from one depth to the next, within a block.</summary>
    static abstract int Depth { get; }
}

/// <summary>Rows are pixels, depths are channels: y = x W.</summary>
internal readonly struct PixelRows : ITileOrder
{
    public static int Row => BlockedMaps.Lanes;

    public static int Depth => 1;
}

/// <summary>Rows are channels, depths are pixels: the gradient of W.</summary>
internal readonly struct ChannelRows : ITileOrder
{
    public static int Row => 1;

    public static int Depth => BlockedMaps.Lanes;
}

/// <summary>
/// The innermost loop of products of blocked maps: up to six rows by two vectors, whose sums live in registers. One multiply-add per
/// element and depth, in order of depth: the same arithmetic for every number of rows.
/// </summary>
internal static unsafe class BlockedTile<TSimd, TVector, TInt, TRows, TOrder>
    where TSimd : struct, ISimd<TVector, TInt>
    where TVector : struct
    where TInt : struct
    where TRows : struct, IRowCount
    where TOrder : struct, ITileOrder
{
    /// <summary>c (i, j) [+]= sum over d of a (i, d) b (d, j).</summary>
    /// <param name="depth">Depths.</param>
    /// <param name="blockDepth">Depths of a block of a.</param>
    /// <param name="a">Element (i, d) at <c>i * Row + d * Depth</c> of its block.</param>
    /// <param name="aBlock">Floats from one block of a to the next.</param>
    /// <param name="b">Sixteen floats a depth.</param>
    /// <param name="bSecond">Floats from the first to the second vector of b.</param>
    /// <param name="c">Sixteen floats a row.</param>
    /// <param name="cSecond">Floats from the first to the second vector of c; 0: there is no second one.</param>
    /// <param name="accumulate">Whether to add.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(int depth, int blockDepth, float* a, nint aBlock, float* b, nint bSecond, float* c, nint cSecond, bool accumulate)
    {
        TVector s00 = TSimd.Zero, s01 = TSimd.Zero;
        TVector s10 = TSimd.Zero, s11 = TSimd.Zero;
        TVector s20 = TSimd.Zero, s21 = TSimd.Zero;
        TVector s30 = TSimd.Zero, s31 = TSimd.Zero;
        TVector s40 = TSimd.Zero, s41 = TSimd.Zero;
        TVector s50 = TSimd.Zero, s51 = TSimd.Zero;
        while (depth > 0)
        {
            float* row = a;
            for (int d = Math.Min(blockDepth, depth); d > 0; d--)
            {
                TVector b0 = TSimd.Load(b);
                TVector b1 = TSimd.Load(b + bSecond);
                TVector value = TSimd.Broadcast(row[0]);
                s00 = TSimd.MultiplyAdd(value, b0, s00);
                s01 = TSimd.MultiplyAdd(value, b1, s01);
                if (TRows.Count > 1)
                {
                    value = TSimd.Broadcast(row[TOrder.Row]);
                    s10 = TSimd.MultiplyAdd(value, b0, s10);
                    s11 = TSimd.MultiplyAdd(value, b1, s11);
                }

                if (TRows.Count > 2)
                {
                    value = TSimd.Broadcast(row[2 * TOrder.Row]);
                    s20 = TSimd.MultiplyAdd(value, b0, s20);
                    s21 = TSimd.MultiplyAdd(value, b1, s21);
                }

                if (TRows.Count > 3)
                {
                    value = TSimd.Broadcast(row[3 * TOrder.Row]);
                    s30 = TSimd.MultiplyAdd(value, b0, s30);
                    s31 = TSimd.MultiplyAdd(value, b1, s31);
                }

                if (TRows.Count > 4)
                {
                    value = TSimd.Broadcast(row[4 * TOrder.Row]);
                    s40 = TSimd.MultiplyAdd(value, b0, s40);
                    s41 = TSimd.MultiplyAdd(value, b1, s41);
                }

                if (TRows.Count > 5)
                {
                    value = TSimd.Broadcast(row[5 * TOrder.Row]);
                    s50 = TSimd.MultiplyAdd(value, b0, s50);
                    s51 = TSimd.MultiplyAdd(value, b1, s51);
                }

                row += TOrder.Depth;
                b += BlockedMaps.Lanes;
            }

            a += aBlock;
            depth -= blockDepth;
        }

        Put(s00, s01, c, cSecond, accumulate);
        if (TRows.Count > 1)
        {
            Put(s10, s11, c + BlockedMaps.Lanes, cSecond, accumulate);
        }

        if (TRows.Count > 2)
        {
            Put(s20, s21, c + (2 * BlockedMaps.Lanes), cSecond, accumulate);
        }

        if (TRows.Count > 3)
        {
            Put(s30, s31, c + (3 * BlockedMaps.Lanes), cSecond, accumulate);
        }

        if (TRows.Count > 4)
        {
            Put(s40, s41, c + (4 * BlockedMaps.Lanes), cSecond, accumulate);
        }

        if (TRows.Count > 5)
        {
            Put(s50, s51, c + (5 * BlockedMaps.Lanes), cSecond, accumulate);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(TVector first, TVector second, float* c, nint cSecond, bool accumulate)
    {
        TSimd.Store(accumulate ? TSimd.Add(TSimd.Load(c), first) : first, c);
        if (cSecond != 0)
        {
            TSimd.Store(accumulate ? TSimd.Add(TSimd.Load(c + cSecond), second) : second, c + cSecond);
        }
    }
}
