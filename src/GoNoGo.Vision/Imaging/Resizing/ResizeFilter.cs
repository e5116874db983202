using System.Text.Json.Serialization;

namespace GoNoGo.Vision.Imaging.Resizing;

/// <summary>The kernel of a resize. Both are widened by the reduction factor (antialiased), as Pillow has them.</summary>
public enum ResizeFilter
{
    /// <summary>Triangle of radius 1.</summary>
    [JsonStringEnumMemberName("bilinear")]
    Bilinear,

    /// <summary>Cubic convolution of radius 2 with a = -0.5.</summary>
    [JsonStringEnumMemberName("bicubic")]
    Bicubic,
}
