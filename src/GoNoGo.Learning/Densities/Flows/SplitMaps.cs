using System.Runtime.CompilerServices;
using GoNoGo.Tensors;

namespace GoNoGo.Learning.Densities.Flows;

/// <summary>
/// Where the channels of a batch of maps lie when passive and active channels may be two tensors. A coupling writes each channel
/// to the place that the permutation gives it in the next step's halves, so nothing is ever split, concatenated or permuted by itself.
/// </summary>
internal readonly unsafe struct SplitMaps
{
    private readonly float* _passive;
    private readonly float* _active;
    private readonly long _passiveStride;
    private readonly long _activeStride;
    private readonly int _split;
    private readonly int _pixels;

    /// <summary>Two tensors <c>[B, C1, H, W]</c> and <c>[B, C2, H, W]</c>.</summary>
    public SplitMaps(Tensor passive, Tensor active)
    {
        _split = passive.Shape[1];
        _pixels = passive.Shape[2] * passive.Shape[3];
        _passive = passive.Pointer;
        _active = active.Pointer;
        _passiveStride = (long)_split * _pixels;
        _activeStride = (long)active.Shape[1] * _pixels;
    }

    /// <summary>One tensor <c>[B, C, H, W]</c>, its first channels being the passive ones.</summary>
    public SplitMaps(Tensor whole, int split)
    {
        _split = split;
        _pixels = whole.Shape[2] * whole.Shape[3];
        _passive = whole.Pointer;
        _active = whole.Pointer + ((long)split * _pixels);
        _passiveStride = (long)whole.Shape[1] * _pixels;
        _activeStride = _passiveStride;
    }

    /// <summary>Whether there are maps at all.</summary>
    public bool IsEmpty => _passive == null;

    /// <summary>The pixels of one channel of one picture.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float* Plane(int image, int channel) => channel < _split
        ? _passive + (image * _passiveStride) + ((long)channel * _pixels)
        : _active + (image * _activeStride) + ((long)(channel - _split) * _pixels);
}
