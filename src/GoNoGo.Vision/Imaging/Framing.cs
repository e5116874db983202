using System.Text.Json.Serialization;

namespace GoNoGo.Vision.Imaging;

/// <summary>Which part of a picture the network sees, and how it gets to the network's size.</summary>
public enum Framing
{
    /// <summary>The whole picture, resized to exactly the size; its aspect ratio is not kept.</summary>
    [JsonStringEnumMemberName("whole")]
    Whole,

    /// <summary>Resized to <see cref="Preprocessing.FrameSize"/> squared, then the centre is cut out (VT-ADL on MVTec AD: 550, then 512).</summary>
    [JsonStringEnumMemberName("crop")]
    Crop,

    /// <summary>The shorter side becomes <see cref="Preprocessing.FrameSize"/> with the aspect ratio kept, then the centre is cut out (classification checks).</summary>
    [JsonStringEnumMemberName("short-side")]
    ShortSide,

    /// <summary>Not resized: set in the middle of zeros, or cut where it is larger (MNIST: 28 in 32).</summary>
    [JsonStringEnumMemberName("pad")]
    Pad,
}

/// <summary>How samples become network input.</summary>
public enum InputScaling
{
    /// <summary>Full scale becomes 1 (8 bits: divided by 255), nothing else.</summary>
    [JsonStringEnumMemberName("unit")]
    Unit,

    /// <summary>Unit scale, minus the mean and divided by the deviation that the backbone's weights were trained with.</summary>
    [JsonStringEnumMemberName("imagenet")]
    ImageNet,

    /// <summary>Unit scale, then each channel's range over the training pictures becomes 0 to 1.</summary>
    [JsonStringEnumMemberName("minmax")]
    MinMax,
}
