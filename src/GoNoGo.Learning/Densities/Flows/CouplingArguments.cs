using GoNoGo.Tensors;

namespace GoNoGo.Learning.Densities.Flows;

/// <summary>What the passes over a coupling share. An item of their loops is one picture and some channels of each half.</summary>
internal unsafe struct CouplingArguments
{
    /// <summary>Channels of each half in an item: enough to pay for the hand-over, split by shape alone.</summary>
    public const int ChannelsPerItem = 16;

    /// <summary>What the subnet's output is multiplied by before anything else.</summary>
    public const float OutputScale = 0.1f;

    public CouplingArguments(FastFlowOptions options, Tensor raw, float* scale, float* offset, int[] places)
    {
        Images = raw.Shape[0];
        Pixels = raw.Shape[2] * raw.Shape[3];
        Passive = options.PassiveChannels;
        Active = options.ActiveChannels;
        Clamp = options.Clamp;
        Inner = options.ClampForm == ClampForm.TanhOfA ? OutputScale : OutputScale / options.Clamp;
        Raw = raw.Pointer;
        Scale = scale;
        Offset = offset;
        Places = places;
    }

    public int Images { get; }

    public int Pixels { get; }

    public int Passive { get; }

    public int Active { get; }

    public readonly int Channels => Passive + Active;

    /// <summary>alpha.</summary>
    public float Clamp { get; }

    /// <summary>What the subnet's output is multiplied by inside the hyperbolic tangent.</summary>
    public float Inner { get; }

    /// <summary>The subnet's output <c>[B, 2 C2, H, W]</c>; the backward pass writes its gradient there.</summary>
    public float* Raw { get; }

    public float* Scale { get; }

    public float* Offset { get; }

    public int[] Places { get; }

    public readonly int ItemsPerImage => (Passive + ChannelsPerItem - 1) / ChannelsPerItem;

    public readonly int Items => Images * ItemsPerImage;

    /// <summary>Channels j of an item; those beyond the active channels exist in the passive half only.</summary>
    public readonly (int Image, int Begin, int End) ChannelsOf(int item)
    {
        int begin = item % ItemsPerImage * ChannelsPerItem;
        return (item / ItemsPerImage, begin, Math.Min(begin + ChannelsPerItem, Passive));
    }

    /// <summary>The raw log-scales of an active channel; its raw shifts lie <see cref="RawShift"/> floats further.</summary>
    public readonly float* RawPlane(int image, int active) => Raw + ((((long)image * 2 * Active) + active) * Pixels);

    public readonly long RawShift => (long)Active * Pixels;

    /// <summary>An active channel of a tensor <c>[B, C2, H, W]</c>.</summary>
    public readonly long ActiveAt(int image, int active) => (((long)image * Active) + active) * Pixels;
}
