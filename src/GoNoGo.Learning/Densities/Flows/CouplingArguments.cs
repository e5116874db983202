using GoNoGo.Tensors.Kernels.Convolution;

namespace GoNoGo.Learning.Densities.Flows;

/// <summary>What the passes over a coupling share. An item of their loops is one picture and some channels of each half.</summary>
internal unsafe struct CouplingArguments
{
    /// <summary>Channels of each half in an item: a block of the subnet's output.</summary>
    public const int ChannelsPerItem = BlockedMaps.Lanes;

    /// <summary>What the subnet's output is multiplied by before anything else.</summary>
    public const float OutputScale = 0.1f;

    public CouplingArguments(FastFlowOptions options, in BlockedMaps raw, float* scale, float* offset, int[] places)
    {
        Images = raw.Images;
        Pixels = raw.Pixels;
        Passive = options.PassiveChannels;
        Active = options.ActiveChannels;
        Clamp = options.Clamp;
        Inner = InnerOf(options);
        Raw = raw;
        Scale = scale;
        Offset = offset;
        Places = places;
    }

    /// <summary>What the subnet's output is multiplied by inside the hyperbolic tangent.</summary>
    public static float InnerOf(FastFlowOptions options) => options.ClampForm == ClampForm.TanhOfA ? OutputScale : OutputScale / options.Clamp;

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
    public BlockedMaps Raw { get; }

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

    /// <summary>Floats of an item's workspace: planes of the raw log-scales of its active channels, then of their raw shifts.</summary>
    public readonly long ItemFloats => 2L * ChannelsPerItem * Pixels;

    /// <summary>From an active channel's raw log-scales to its raw shifts in an item's workspace.</summary>
    public readonly long RawShift => (long)ChannelsPerItem * Pixels;

    /// <summary>Active channels of an item that exist.</summary>
    public readonly int ActiveOf(int begin, int end) => Math.Max(0, Math.Min(end, Active) - begin);

    /// <summary>Fills an item's workspace with the subnet's output.</summary>
    public readonly void TakeRaw(int image, int begin, int end, float* planes)
    {
        int count = ActiveOf(begin, end);
        Raw.TakePlanes(image, begin, count, planes);
        Raw.TakePlanes(image, Active + begin, count, planes + RawShift);
    }

    /// <summary>Brings an item's workspace, the gradient of the subnet's output, to its place.</summary>
    public readonly void PutRaw(int image, int begin, int end, float* planes)
    {
        int count = ActiveOf(begin, end);
        Raw.PutPlanes(image, begin, count, planes);
        Raw.PutPlanes(image, Active + begin, count, planes + RawShift);
    }

    /// <summary>An active channel of a tensor <c>[B, C2, H, W]</c>.</summary>
    public readonly long ActiveAt(int image, int active) => (((long)image * Active) + active) * Pixels;
}
