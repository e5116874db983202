using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Convolution;

/// <summary>What happens to a blocked convolution's results on their way to memory.</summary>
internal unsafe struct BlockedEpilogue
{
    /// <summary>One value per channel, blocks filled up with zeros; or null.</summary>
    public float* Bias;

    /// <summary>Whether negative results become 0.</summary>
    public bool Relu;

    /// <summary>Maps of the results' shape: where they are 0 or less, results become 0 (the way back through a ReLU); or empty.</summary>
    public BlockedMaps Mask;

    /// <summary>The first value of a block's mask, or null.</summary>
    public readonly float* MaskBlock(int image, int block) => Mask.IsEmpty ? null : Mask.Block(image, block);

    /// <summary>One vector: of channels <paramref name="lane"/> on of a block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TVector Apply<TSimd, TVector, TInt>(TVector value, int lane, float* mask)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        if (Bias != null)
        {
            value = TSimd.Add(value, TSimd.Load(Bias + lane));
        }

        if (Relu)
        {
            value = TSimd.Max(value, TSimd.Zero);
        }

        return mask == null ? value : TSimd.SelectGreater(TSimd.Load(mask), TSimd.Zero, value, TSimd.Zero);
    }
}
