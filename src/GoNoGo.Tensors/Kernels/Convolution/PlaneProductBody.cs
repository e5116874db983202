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
    // Longer sums are taken in parts that are added at the end: less rounding, and a part's weights stay in the first-level cache.
    private const int DepthBlock = 256;

    private const int TileFloats = 24 * 16;

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
        float* tile = stackalloc float[TileFloats];
        for (int grid = 0; grid < product.Grids; grid++)
        {
            for (int b = block; b < endBlock; b++)
            {
                Multiply(planes, image, group, b, grid, first, end, tile);
            }
        }
    }

    private void Multiply(float* planes, int image, int group, int block, int grid, int first, int end, float* tile)
    {
        int rows = product.RowsOf(block);
        int depth = product.DepthOf(grid);
        int* offsets = product.Offsets(grid);
        float* weights = product.BlockWeights(group, block, grid);
        var store = new TileStore<TSimd, TVector, TInt>(product, image, (group * product.TargetGroup) + (block * product.BlockRows), rows, grid);
        int step = product.TileVectors(rows);
        for (int vector = first; vector < end; vector += step)
        {
            int position = vector * TSimd.Count;
            int vectors = Math.Min(step, end - vector);
            int pitch = 0;
            int d = 0;
            do
            {
                int count = Math.Min(DepthBlock, depth - d);
                pitch = Tile(rows, vectors, count, weights + ((nint)d * rows), offsets + d, planes + position, tile, d > 0);
                d += count;
            }
            while (d < depth);

            store.Write(tile, pitch, position, Math.Min(vectors * TSimd.Count, product.Layout.Positions - position));
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
