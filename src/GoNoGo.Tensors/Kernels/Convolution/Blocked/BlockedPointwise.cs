using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Convolution;

/// <summary>A 1 x 1 convolution of blocked maps. An item is a part of an image.</summary>
internal readonly unsafe struct BlockedPointwise : IVectorBody
{
    private const int Lanes = BlockedMaps.Lanes;

    private const int MostPixels = 96;

    private readonly BlockedMaps _x;
    private readonly BlockedMaps _y;
    private readonly BlockedWeights _weights;
    private readonly BlockedEpilogue _epilogue;
    private readonly int _parts;

    public BlockedPointwise(in BlockedMaps x, in BlockedWeights weights, in BlockedEpilogue epilogue, in BlockedMaps y)
    {
        (_x, _y, _weights, _epilogue) = (x, y, weights, epilogue);
        _parts = (x.Pixels + MostPixels - 1) / MostPixels;
    }

    public void Run() => VectorLoop.For(_x.Images * _parts, this);

    public void Invoke<TSimd, TVector, TInt>(int index)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        (int image, int part) = (index / _parts, index % _parts);
        int first = _x.Pixels * part / _parts;
        int count = (_x.Pixels * (part + 1) / _parts) - first;
        nint offset = (nint)first * Lanes;
        for (int begin = 0; begin < _x.Blocks; begin += _weights.PartBlocks)
        {
            int depth = Math.Min(_weights.PartBlocks * Lanes, _weights.Depth - (begin * Lanes));
            BlockedProduct<TSimd, TVector, TInt>.Pixels(
                _x.Block(image, begin) + offset, _x.BlockStride, count, depth, _weights.Packed + ((nint)begin * Lanes * Lanes), _weights.BlockStride,
                _y.Blocks, _y.Block(image, 0) + offset, _y.BlockStride, begin > 0);
        }

        for (int block = 0; block < _y.Blocks; block++)
        {
            float* y = _y.Block(image, block) + offset;
            float* mask = _epilogue.MaskBlock(image, block);
            mask = mask == null ? null : mask + offset;
            for (int lane = 0; lane < Lanes; lane += TSimd.Count)
            {
                for (nint i = lane; i < (nint)count * Lanes; i += Lanes)
                {
                    TSimd.Store(_epilogue.Apply<TSimd, TVector, TInt>(TSimd.Load(y + i), (block * Lanes) + lane, mask == null ? null : mask + i), y + i);
                }
            }
        }
    }
}
