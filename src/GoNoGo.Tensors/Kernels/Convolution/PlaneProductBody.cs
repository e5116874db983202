using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Parallel;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Convolution;

/// <summary>One item of a <see cref="PlaneProduct"/>: a range of grid positions and some blocks of target channels, in all grids.</summary>
internal readonly unsafe struct PlaneProductBody<TSimd, TVector, TInt>(PlaneProduct product) : IParallelBody
    where TSimd : struct, ISimd<TVector, TInt>
    where TVector : struct
    where TInt : struct
{
    // Tiles that are computed before they are stored: of several blocks, and of the grids whose columns alternate.
    private const int TilesTogether = 16;

    private const int TileFloats = 24 * 16;

    // Consecutive tiles of a block with a short sum: they complete the cache lines of the target before the next block comes.
    private const int TilesInRow = 8;

    [SkipLocalsInit]
    public void Invoke(int index)
    {
        int splits = (product.Blocks + product.ItemBlocks - 1) / product.ItemBlocks;
        int parts = (product.Vectors + product.ItemVectors - 1) / product.ItemVectors;
        int block = index % splits * product.ItemBlocks;
        int endBlock = Math.Min(block + product.ItemBlocks, product.Blocks);
        int first = index / splits % parts * product.ItemVectors;
        int end = Math.Min(first + product.ItemVectors, product.Vectors);
        int stream = index / splits / parts;
        int group = stream % product.Groups;
        int image = stream / product.Groups;
        float* planes = product.Planes + (image * product.Layout.ImageStride) + ((long)group * product.SourceGroup * product.Layout.ChannelStride);
        float* tiles = stackalloc float[TilesTogether * TileFloats];
        int columnGrids = product.Layout.Columns.TargetStep;
        for (int rowGrid = 0; rowGrid < product.Layout.Rows.TargetStep; rowGrid++)
        {
            for (int columnGrid = 0; columnGrid < columnGrids; columnGrid += TilesTogether)
            {
                int grid = (rowGrid * columnGrids) + columnGrid;
                int grids = Math.Min(TilesTogether, columnGrids - columnGrid);
                var store = new TileStore<TSimd, TVector, TInt>(product, image, group * product.TargetGroup, grid, grids, TileFloats);
                bool isShort = true;
                for (int i = 0; i < grids; i++)
                {
                    isShort &= product.DepthOf(grid + i) <= product.DepthBlock;
                }

                // A short sum's planes stay in the first-level cache over several tiles, so the blocks go outside; a long
                // one's stay there for one part of one tile, so the blocks go inside.
                int row = isShort ? TilesInRow * product.TileVectors : end - first;
                int together = isShort ? 1 : TilesTogether / grids;
                for (int vector = first; vector < end; vector += row)
                {
                    for (int b = block; b < endBlock; b += together)
                    {
                        Multiply(planes, group, grid, grids, b, Math.Min(b + together, endBlock), vector, Math.Min(vector + row, end), tiles, store);
                    }
                }
            }
        }
    }

    private void Multiply(
        float* planes, int group, int grid, int grids, int block, int endBlock, int first, int end, float* tiles, in TileStore<TSimd, TVector, TInt> store)
    {
        for (int vector = first; vector < end; vector += product.TileVectors)
        {
            int position = vector * TSimd.Count;
            int vectors = Math.Min(product.TileVectors, end - vector);
            int pitch = 0;
            for (int g = 0; g < grids; g++)
            {
                int depth = product.DepthOf(grid + g);
                int* offsets = product.Offsets(grid + g);
                int d = 0;
                // Long sums are taken in parts that are added at the end: less rounding too.
                do
                {
                    int count = Math.Min(product.DepthBlock, depth - d);
                    float* tile = tiles + (g * TileFloats);
                    for (int b = block; b < endBlock; b++)
                    {
                        int rows = product.RowsOf(b);
                        float* weights = product.BlockWeights(group, b, grid + g) + ((nint)d * rows);
                        pitch = Tile(rows, vectors, count, weights, offsets + d, planes + position, tile, d > 0);
                        tile += grids * TileFloats;
                    }

                    d += count;
                }
                while (d < depth);
            }

            int columns = Math.Min(vectors * TSimd.Count, product.Layout.Positions - position);
            for (int b = block; b < endBlock; b++)
            {
                store.Write(tiles + ((b - block) * grids * TileFloats), pitch, b * product.BlockRows, product.RowsOf(b), position, columns);
            }
        }
    }

    /// <summary>Computes one tile; returns the floats from one of its rows to the next.</summary>
    private static int Tile(int rows, int vectors, int depth, float* weights, int* offsets, float* planes, float* tile, bool accumulate)
    {
        if (TSimd.Count == 16)
        {
            switch (rows)
            {
                case 8: return Tall<Rows8>(vectors, depth, weights, offsets, planes, tile, accumulate);
                case 7: return Tall<Rows7>(vectors, depth, weights, offsets, planes, tile, accumulate);
                case 6: return Tall<Rows6>(vectors, depth, weights, offsets, planes, tile, accumulate);
                case 5: return Tall<Rows5>(vectors, depth, weights, offsets, planes, tile, accumulate);
            }
        }

        return rows switch
        {
            4 => Long<Rows4>(vectors, depth, weights, offsets, planes, tile, accumulate),
            3 => Long<Rows3>(vectors, depth, weights, offsets, planes, tile, accumulate),
            2 => Long<Rows2>(vectors, depth, weights, offsets, planes, tile, accumulate),
            _ => Long<Rows1>(vectors, depth, weights, offsets, planes, tile, accumulate),
        };
    }

    private static int Tall<TRows>(int vectors, int depth, float* weights, int* offsets, float* planes, float* tile, bool accumulate) where TRows : struct, IRowCount
    {
        switch (vectors)
        {
            case 3: TallTile<TSimd, TVector, TInt, TRows, Rows3>.Run(depth, weights, offsets, planes, tile, accumulate); break;
            case 2: TallTile<TSimd, TVector, TInt, TRows, Rows2>.Run(depth, weights, offsets, planes, tile, accumulate); break;
            default: TallTile<TSimd, TVector, TInt, TRows, Rows1>.Run(depth, weights, offsets, planes, tile, accumulate); break;
        }

        return vectors * TSimd.Count;
    }

    private static int Long<TRows>(int vectors, int depth, float* weights, int* offsets, float* planes, float* tile, bool accumulate) where TRows : struct, IRowCount
    {
        // Fewer vectors than the tile has: the rest is computed and not stored; the planes' slack allows the reading.
        if (TSimd.Count == 16 && vectors > 3)
        {
            LongTile<TSimd, TVector, TInt, TRows, Rows6>.Run(depth, weights, offsets, planes, tile, accumulate);
            return 6 * TSimd.Count;
        }

        if (vectors == 1)
        {
            LongTile<TSimd, TVector, TInt, TRows, Rows1>.Run(depth, weights, offsets, planes, tile, accumulate);
            return TSimd.Count;
        }

        LongTile<TSimd, TVector, TInt, TRows, Rows3>.Run(depth, weights, offsets, planes, tile, accumulate);
        return 3 * TSimd.Count;
    }
}
