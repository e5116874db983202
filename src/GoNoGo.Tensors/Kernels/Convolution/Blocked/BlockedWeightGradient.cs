using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Convolution;

/// <summary>
/// The gradient of a blocked convolution's weight: for 1 x 1 the sum over the pixels of gradY' x, for 3 x 3 the same over the tiles in each
/// of Winograd's points, transformed at the end. The order of the sums is a matter of the shapes only.
/// </summary>
internal static unsafe class BlockedWeightGradient
{
    private const int Lanes = BlockedMaps.Lanes;

    private const int Points = BlockedWeights.Points;

    private const int Taps = 9;

    private const int WantedItems = 32;

    // Floats of the transformed tiles that are taken at a time: 8 MB.
    private const int ChunkFloats = 2 << 20;

    // Tiles at a time at most: a block of them stays in the first-level cache.
    private const int MostTiles = 196;

    private const int ItemTiles = 16;

    /// <summary>gradWeight [+]= the gradient.</summary>
    public static void Run(in BlockedMaps x, in BlockedMaps gradY, bool accumulate, Tensor gradWeight)
    {
        bool isPointwise = gradWeight.Shape[2] == 1;
        int points = isPointwise ? 1 : Points;
        var job = new Job
        {
            XBlocks = x.Blocks,
            YBlocks = gradY.Blocks,
            YChannels = gradY.Channels,
            Points = points,
        };
        job.SplitsOfY = Math.Clamp((WantedItems + points - 1) / points, 1, gradY.Blocks);
        job.SplitsOfX = Math.Clamp(WantedItems / (points * job.SplitsOfY), 1, x.Blocks);
        using Scratch sums = Scratch.OfFloats(points * job.SumsPerPoint);
        job.Sums = sums.Floats;
        if (isPointwise)
        {
            job.X = x.Block(0, 0);
            job.Y = gradY.Block(0, 0);
            (job.XPart, job.YPart) = (x.Blocks * x.BlockStride, gradY.Blocks * gradY.BlockStride);
            (job.Parts, job.Depth) = (x.Images, x.Pixels);
            VectorLoop.For(job.Items, new ProductBody(job));
        }
        else
        {
            Tiles(x, gradY, job);
        }

        VectorLoop.For(gradY.Channels, new FinishBody(job, x.Channels, accumulate, gradWeight.Pointer));
    }

    private static void Tiles(in BlockedMaps x, in BlockedMaps gradY, Job job)
    {
        var tiles = new BlockedTiles(x);
        int most = Math.Clamp(ChunkFloats / (Points * Lanes * (x.Blocks + gradY.Blocks)) / ItemTiles * ItemTiles, ItemTiles, MostTiles);
        int chunks = (tiles.Count + most - 1) / most;
        int chunk = (tiles.Count + chunks - 1) / chunks;
        job.XPoint = BlockedWeights.StrideOfPoints((nint)x.Blocks * chunk);
        job.YPoint = BlockedWeights.StrideOfPoints((nint)gradY.Blocks * chunk);
        using Scratch storage = Scratch.OfFloats(Points * (job.XPoint + job.YPoint));
        job.X = storage.Floats;
        job.Y = storage.Floats + (Points * job.XPoint);
        job.Parts = 1;
        for (int first = 0; first < tiles.Count; first += chunk)
        {
            job.Depth = Math.Min(chunk, tiles.Count - first);
            job.Accumulate = first > 0;
            VectorLoop.For((job.Depth + ItemTiles - 1) / ItemTiles, new TransformBody(job, x, gradY, tiles, first));
            VectorLoop.For(job.Items, new ProductBody(job));
        }
    }

    private struct Job
    {
        public int Points;
        public int XBlocks;
        public int YBlocks;
        public int YChannels;

        /// <summary>Blocks <c>[part][point][block][Depth, 16]</c>.</summary>
        public float* X;

        /// <inheritdoc cref="X"/>
        public float* Y;

        /// <summary>Floats from one part to the next.</summary>
        public nint XPart;

        /// <inheritdoc cref="XPart"/>
        public nint YPart;

        /// <summary>Floats from one point to the next.</summary>
        public nint XPoint;

        /// <inheritdoc cref="XPoint"/>
        public nint YPoint;

        public int Parts;

        /// <summary>Pixels or tiles of a part.</summary>
        public int Depth;

        public bool Accumulate;
        public int SplitsOfX;
        public int SplitsOfY;

        /// <summary><c>[point][block of x][channel of y, 16]</c>.</summary>
        public float* Sums;

        public readonly int Items => Points * SplitsOfX * SplitsOfY;

        public readonly nint SumsPerBlock => (nint)YBlocks * Lanes * Lanes;

        public readonly nint SumsPerPoint => BlockedWeights.StrideOfPoints(XBlocks * SumsPerBlock / Lanes);
    }

    /// <summary>Some tiles to Winograd's points.</summary>
    private readonly struct TransformBody(Job job, BlockedMaps x, BlockedMaps gradY, BlockedTiles tiles, int first) : IVectorBody
    {
        public void Invoke<TSimd, TVector, TInt>(int index)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            int tile = index * ItemTiles;
            int count = Math.Min(ItemTiles, job.Depth - tile);
            nint block = (nint)job.Depth * Lanes;
            WinogradInput.Run<TSimd, TVector, TInt>(x, tiles, first + tile, count, 0, x.Blocks, job.X + ((nint)tile * Lanes), job.XPoint, block);
            WinogradInput.RunGradient<TSimd, TVector, TInt>(gradY, tiles, first + tile, count, 0, gradY.Blocks, job.Y + ((nint)tile * Lanes), job.YPoint, block);
        }
    }

    /// <summary>Some blocks of gradY times some blocks of x, in one point, over all parts.</summary>
    private readonly struct ProductBody(Job job) : IVectorBody
    {
        public void Invoke<TSimd, TVector, TInt>(int index)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            int splitX = index % job.SplitsOfX;
            int splitY = index / job.SplitsOfX % job.SplitsOfY;
            int point = index / job.SplitsOfX / job.SplitsOfY;
            int beginX = job.XBlocks * splitX / job.SplitsOfX;
            int blocksX = (job.XBlocks * (splitX + 1) / job.SplitsOfX) - beginX;
            int endY = job.YBlocks * (splitY + 1) / job.SplitsOfY;
            nint block = (nint)job.Depth * Lanes;
            for (int part = 0; part < job.Parts; part++)
            {
                float* x = job.X + (part * job.XPart) + (point * job.XPoint) + (beginX * block);
                for (int y = job.YBlocks * splitY / job.SplitsOfY; y < endY; y++)
                {
                    float* gradY = job.Y + (part * job.YPart) + (point * job.YPoint) + (y * block);
                    float* sums = job.Sums + (point * job.SumsPerPoint) + (beginX * job.SumsPerBlock) + ((nint)y * Lanes * Lanes);
                    BlockedProduct<TSimd, TVector, TInt>.Channels(
                        gradY, Math.Min(Lanes, job.YChannels - (y * Lanes)), x, block, blocksX, job.Depth, sums, job.SumsPerBlock, job.Accumulate || part > 0);
                }
            }
        }
    }

    /// <summary>One output channel: G' u G, and from blocks to the weight's order.</summary>
    private readonly struct FinishBody(Job job, int channels, bool accumulate, float* gradWeight) : IVectorBody
    {
        [SkipLocalsInit]
        public void Invoke<TSimd, TVector, TInt>(int index)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            float* taps = stackalloc float[Taps * Lanes];
            int count = job.Points == 1 ? 1 : Taps;
            float* target = gradWeight + ((nint)index * channels * count);
            for (int block = 0; block < job.XBlocks; block++)
            {
                float* sums = job.Sums + (block * job.SumsPerBlock) + ((nint)index * Lanes);
                float* values = count == 1 ? sums : taps;
                for (int lane = 0; lane < Lanes && count > 1; lane += TSimd.Count)
                {
                    Transform<TSimd, TVector, TInt>(sums + lane, job.SumsPerPoint, taps + lane);
                }

                for (int lane = 0; lane < Math.Min(Lanes, channels - (block * Lanes)); lane++)
                {
                    for (int tap = 0; tap < count; tap++, target++)
                    {
                        float value = values[(tap * Lanes) + lane];
                        *target = accumulate ? *target + value : value;
                    }
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Transform<TSimd, TVector, TInt>(float* sums, nint point, float* taps)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            Column<TSimd, TVector, TInt>(sums, point, out TVector a0, out TVector a1, out TVector a2);
            Column<TSimd, TVector, TInt>(sums + point, point, out TVector b0, out TVector b1, out TVector b2);
            Column<TSimd, TVector, TInt>(sums + (2 * point), point, out TVector c0, out TVector c1, out TVector c2);
            Column<TSimd, TVector, TInt>(sums + (3 * point), point, out TVector d0, out TVector d1, out TVector d2);
            Row<TSimd, TVector, TInt>(a0, b0, c0, d0, taps);
            Row<TSimd, TVector, TInt>(a1, b1, c1, d1, taps + (3 * Lanes));
            Row<TSimd, TVector, TInt>(a2, b2, c2, d2, taps + (6 * Lanes));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Column<TSimd, TVector, TInt>(float* sums, nint point, out TVector g0, out TVector g1, out TVector g2)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct =>
            WinogradSides<TSimd, TVector, TInt>.WeightGradient(
                TSimd.Load(sums), TSimd.Load(sums + (4 * point)), TSimd.Load(sums + (8 * point)), TSimd.Load(sums + (12 * point)), out g0, out g1, out g2);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Row<TSimd, TVector, TInt>(TVector u0, TVector u1, TVector u2, TVector u3, float* taps)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            WinogradSides<TSimd, TVector, TInt>.WeightGradient(u0, u1, u2, u3, out TVector g0, out TVector g1, out TVector g2);
            TSimd.Store(g0, taps);
            TSimd.Store(g1, taps + Lanes);
            TSimd.Store(g2, taps + (2 * Lanes));
        }
    }
}
