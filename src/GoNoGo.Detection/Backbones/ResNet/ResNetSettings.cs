namespace GoNoGo.Detection.Backbones.ResNet;

/// <summary>A row of the variant table: the sizes of a residual network.</summary>
/// <param name="Id">The variant's id.</param>
/// <param name="Depths">Blocks of the four layers.</param>
/// <param name="IsBottleneck">Blocks of 1x1, 3x3, 1x1 convolutions that widen four times, instead of two 3x3 convolutions.</param>
public sealed record ResNetSettings(string Id, IReadOnlyList<int> Depths, bool IsBottleneck)
{
    /// <summary>One sentence for lists.</summary>
    public string Summary { get; init; } = "";

    /// <summary>Channels of the stem; layer k has 2^(k - 1) times as many inside.</summary>
    public int Width { get; init; } = 64;

    /// <summary>Channels of a bottleneck's 3x3 convolution, in layer widths (2 for the wide networks).</summary>
    public int InnerFactor { get; init; } = 1;

    /// <summary>Rows and columns of the input that the weights were trained for.</summary>
    public int TrainedSize { get; init; } = 224;

    /// <summary>Classes of the head.</summary>
    public int Classes { get; init; } = 1000;

    /// <summary>The short side before the centre crop in the weights' own preprocessing.</summary>
    public int ClassificationResize { get; init; } = 256;

    /// <summary>Channels that layer <paramref name="layer"/> (0 to 3) gives.</summary>
    public int OutputWidth(int layer) => (Width << layer) * (IsBottleneck ? 4 : 1);
}
