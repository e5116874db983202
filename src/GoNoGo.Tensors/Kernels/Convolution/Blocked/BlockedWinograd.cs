using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Convolution;

/// <summary>
/// A 3 x 3 convolution of blocked maps by Winograd's F(2 x 2, 3 x 3). An item is a group of tiles from input to output: transforms and
/// products of a group stay in the second-level cache.
/// </summary>
internal readonly unsafe struct BlockedWinograd : IVectorBody
{
    private const int Lanes = BlockedMaps.Lanes;

    private const int Points = BlockedWeights.Points;

    // A group's transformed input (of some blocks of channels) and its products are each about half of the second-level cache.
    private const int MostTiles = 48;

    private const int MostOutputBlocks = 12;

    private readonly BlockedMaps _x;
    private readonly BlockedMaps _y;
    private readonly BlockedWeights _weights;
    private readonly BlockedEpilogue _epilogue;
    private readonly BlockedTiles _tiles;
    private readonly int _group;
    private readonly int _outputBlocks;

    public BlockedWinograd(in BlockedMaps x, in BlockedWeights weights, in BlockedEpilogue epilogue, in BlockedMaps y)
    {
        (_x, _y, _weights, _epilogue) = (x, y, weights, epilogue);
        _tiles = new BlockedTiles(x);
        int groups = (_tiles.Count + MostTiles - 1) / MostTiles;
        _group = (_tiles.Count + groups - 1) / groups;
        // Sums of several parts of the input wait for each other; those of one part are finished a few blocks at a time.
        _outputBlocks = weights.PartBlocks < x.Blocks ? y.Blocks : Math.Min(y.Blocks, MostOutputBlocks);
    }

    public void Run() => VectorLoop.For((_tiles.Count + _group - 1) / _group, this);

    [SkipLocalsInit]
    public void Invoke<TSimd, TVector, TInt>(int index)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        int first = index * _group;
        int count = Math.Min(_group, _tiles.Count - first);
        nint block = (nint)count * Lanes;
        int partBlocks = _weights.PartBlocks;
        nint inputPoint = BlockedWeights.StrideOfPoints((nint)partBlocks * count);
        nint outputPoint = BlockedWeights.StrideOfPoints((nint)_outputBlocks * count);
        using Scratch inputs = Scratch.OfFloats(Points * inputPoint);
        using Scratch products = Scratch.OfFloats(Points * outputPoint);
        nint* offsets = stackalloc nint[4 * MostTiles];
        for (int tile = 0; tile < count; tile++)
        {
            _tiles.Offsets(first + tile, _y.Blocks * _y.BlockStride, 0, new Span<nint>(offsets + (4 * tile), 4));
        }

        for (int begin = 0; begin < _y.Blocks; begin += _outputBlocks)
        {
            int blocks = Math.Min(_outputBlocks, _y.Blocks - begin);
            for (int part = 0; part < _x.Blocks; part += partBlocks)
            {
                if (begin == 0)
                {
                    WinogradInput.Run<TSimd, TVector, TInt>(
                        _x, _tiles, first, count, part, Math.Min(part + partBlocks, _x.Blocks), inputs.Floats, inputPoint, block);
                }

                float* weights = _weights.Packed + (begin * _weights.BlockStride) + ((nint)part * Lanes * Lanes);
                int depth = Math.Min(partBlocks * Lanes, _weights.Depth - (part * Lanes));
                for (int point = 0; point < Points; point++)
                {
                    BlockedProduct<TSimd, TVector, TInt>.Pixels(
                        inputs.Floats + (point * inputPoint), block, count, depth, weights + (point * _weights.PointStride), _weights.BlockStride,
                        blocks, products.Floats + (point * outputPoint), block, part > 0);
                }
            }

            for (int b = 0; b < blocks; b++)
            {
                Output<TSimd, TVector, TInt>(products.Floats + (b * block), outputPoint, begin + b, count, offsets);
            }
        }
    }

    /// <summary>A' m A of one block, then the epilogue.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Output<TSimd, TVector, TInt>(float* source, nint point, int block, int count, nint* offsets)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        float* target = _y.Block(0, block);
        float* mask = _epilogue.MaskBlock(0, block);
        for (int tile = 0; tile < count; tile++, source += Lanes, offsets += 4)
        {
            for (int lane = 0; lane < Lanes; lane += TSimd.Count)
            {
                float* from = source + lane;
                Column<TSimd, TVector, TInt>(from, point, out TVector a0, out TVector a1);
                Column<TSimd, TVector, TInt>(from + point, point, out TVector b0, out TVector b1);
                Column<TSimd, TVector, TInt>(from + (2 * point), point, out TVector c0, out TVector c1);
                Column<TSimd, TVector, TInt>(from + (3 * point), point, out TVector d0, out TVector d1);
                WinogradSides<TSimd, TVector, TInt>.Output(a0, b0, c0, d0, out TVector y00, out TVector y01);
                WinogradSides<TSimd, TVector, TInt>.Output(a1, b1, c1, d1, out TVector y10, out TVector y11);
                Put<TSimd, TVector, TInt>(y00, block, lane, offsets[0], target, mask);
                Put<TSimd, TVector, TInt>(y01, block, lane, offsets[1], target, mask);
                Put<TSimd, TVector, TInt>(y10, block, lane, offsets[2], target, mask);
                Put<TSimd, TVector, TInt>(y11, block, lane, offsets[3], target, mask);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Put<TSimd, TVector, TInt>(TVector value, int block, int lane, nint offset, float* target, float* mask)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        if (offset >= 0)
        {
            float* at = mask == null ? null : mask + offset + lane;
            TSimd.Store(_epilogue.Apply<TSimd, TVector, TInt>(value, (block * Lanes) + lane, at), target + offset + lane);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Column<TSimd, TVector, TInt>(float* source, nint point, out TVector t0, out TVector t1)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct =>
        WinogradSides<TSimd, TVector, TInt>.Output(
            TSimd.Load(source), TSimd.Load(source + (4 * point)), TSimd.Load(source + (8 * point)), TSimd.Load(source + (12 * point)), out t0, out t1);
}
