using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Convolution;

/// <summary>Products of blocked maps, tile by tile, on the calling thread.</summary>
internal static unsafe class BlockedProduct<TSimd, TVector, TInt>
    where TSimd : struct, ISimd<TVector, TInt>
    where TVector : struct
    where TInt : struct
{
    private const int Lanes = BlockedMaps.Lanes;

    private const int MaxRows = 6;

    /// <summary>Two vectors of a block, or the vectors of two blocks.</summary>
    private static int TileColumns => Math.Min(2 * TSimd.Count, Lanes);

    private static int TileBlocks => TSimd.Count == Lanes ? 2 : 1;

    /// <summary>y [+]= x W for some pixels.</summary>
    /// <param name="x">Blocks <c>[channels / 16][pixel, 16]</c>.</param>
    /// <param name="xBlock">Floats from one block of x to the next.</param>
    /// <param name="pixels">Pixels.</param>
    /// <param name="depth">Channels of x that exist.</param>
    /// <param name="weights"><c>[blocks][depth, 16]</c>.</param>
    /// <param name="weightBlock">Floats from one block of weights to the next.</param>
    /// <param name="blocks">Blocks of y.</param>
    /// <param name="y">Blocks of the same form.</param>
    /// <param name="yBlock">Floats from one block of y to the next.</param>
    /// <param name="accumulate">Whether to add.</param>
    public static void Pixels(
        float* x, nint xBlock, int pixels, int depth, float* weights, nint weightBlock, int blocks, float* y, nint yBlock, bool accumulate)
    {
        for (int block = 0; block < blocks; block += TileBlocks)
        {
            (nint bSecond, nint cSecond) = Second(block, blocks, weightBlock, yBlock);
            for (int lane = 0; lane < Lanes; lane += TileColumns)
            {
                float* b = weights + (block * weightBlock) + lane;
                float* c = y + (block * yBlock) + lane;
                Rows<PixelRows>(pixels, depth, Lanes, x, xBlock, b, bSecond, c, cSecond, accumulate);
            }
        }
    }

    /// <summary>The gradient of W for one block of y's channels: <c>gradient[x block][channel of y, 16] [+]= gradY' x</c>.</summary>
    /// <param name="gradY">The block, <c>[pixel, 16]</c>.</param>
    /// <param name="rows">Its channels that exist.</param>
    /// <param name="x">Blocks <c>[channels / 16][pixel, 16]</c>.</param>
    /// <param name="xBlock">Floats from one block of x to the next.</param>
    /// <param name="blocks">Blocks of x.</param>
    /// <param name="pixels">Pixels.</param>
    /// <param name="gradient">The first row's result.</param>
    /// <param name="gradientBlock">Floats from one of x's blocks to the next in the result.</param>
    /// <param name="accumulate">Whether to add.</param>
    public static void Channels(
        float* gradY, int rows, float* x, nint xBlock, int blocks, int pixels, float* gradient, nint gradientBlock, bool accumulate)
    {
        for (int block = 0; block < blocks; block += TileBlocks)
        {
            (nint bSecond, nint cSecond) = Second(block, blocks, xBlock, gradientBlock);
            for (int lane = 0; lane < Lanes; lane += TileColumns)
            {
                float* b = x + (block * xBlock) + lane;
                float* c = gradient + (block * gradientBlock) + lane;
                Rows<ChannelRows>(rows, pixels, pixels, gradY, 0, b, bSecond, c, cSecond, accumulate);
            }
        }
    }

    private static (nint B, nint C) Second(int block, int blocks, nint bBlock, nint cBlock) =>
        TileBlocks == 1 ? (Math.Min(TSimd.Count, Lanes / 2), Math.Min(TSimd.Count, Lanes / 2))
        : block + 1 < blocks ? (bBlock, cBlock)
        : (0, 0);

    /// <summary>All rows in tiles of six or, that none be much smaller, five.</summary>
    private static void Rows<TOrder>(
        int rows, int depth, int blockDepth, float* a, nint aBlock, float* b, nint bSecond, float* c, nint cSecond, bool accumulate)
        where TOrder : struct, ITileOrder
    {
        int tiles = (rows + MaxRows - 1) / MaxRows;
        int larger = rows % tiles;
        int least = rows / tiles;
        for (int tile = 0, row = 0; tile < tiles; tile++)
        {
            int count = tile < larger ? least + 1 : least;
            Tile<TOrder>(count, depth, blockDepth, a + (row * TOrder.Row), aBlock, b, bSecond, c + (row * Lanes), cSecond, accumulate);
            row += count;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tile<TOrder>(
        int rows, int depth, int blockDepth, float* a, nint aBlock, float* b, nint bSecond, float* c, nint cSecond, bool accumulate)
        where TOrder : struct, ITileOrder
    {
        switch (rows)
        {
            case 6: BlockedTile<TSimd, TVector, TInt, Rows6, TOrder>.Run(depth, blockDepth, a, aBlock, b, bSecond, c, cSecond, accumulate); break;
            case 5: BlockedTile<TSimd, TVector, TInt, Rows5, TOrder>.Run(depth, blockDepth, a, aBlock, b, bSecond, c, cSecond, accumulate); break;
            case 4: BlockedTile<TSimd, TVector, TInt, Rows4, TOrder>.Run(depth, blockDepth, a, aBlock, b, bSecond, c, cSecond, accumulate); break;
            case 3: BlockedTile<TSimd, TVector, TInt, Rows3, TOrder>.Run(depth, blockDepth, a, aBlock, b, bSecond, c, cSecond, accumulate); break;
            case 2: BlockedTile<TSimd, TVector, TInt, Rows2, TOrder>.Run(depth, blockDepth, a, aBlock, b, bSecond, c, cSecond, accumulate); break;
            default: BlockedTile<TSimd, TVector, TInt, Rows1, TOrder>.Run(depth, blockDepth, a, aBlock, b, bSecond, c, cSecond, accumulate); break;
        }
    }
}
