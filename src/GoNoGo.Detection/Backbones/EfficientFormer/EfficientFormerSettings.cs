namespace GoNoGo.Detection.Backbones.EfficientFormer;

/// <summary>A row of the variant table: the sizes of an EfficientFormer.</summary>
/// <param name="Id">The variant's id.</param>
/// <param name="Widths">Channels of the four stages.</param>
/// <param name="Depths">Blocks of the four stages.</param>
/// <param name="AttentionBlocks">How many blocks at the end of the last stage are attention blocks.</param>
public sealed record EfficientFormerSettings(string Id, IReadOnlyList<int> Widths, IReadOnlyList<int> Depths, int AttentionBlocks)
{
    /// <summary>One sentence for lists.</summary>
    public string Summary { get; init; } = "";

    /// <summary>Rows and columns of the input that the attention biases were trained for.</summary>
    public int TrainedSize { get; init; } = 224;

    /// <summary>Width of the hidden layer of an MLP, in widths of the stage.</summary>
    public int MlpRatio { get; init; } = 4;

    /// <summary>Attention heads.</summary>
    public int Heads { get; init; } = 8;

    /// <summary>Width of a head's queries and keys; its values are four times as wide.</summary>
    public int KeyWidth { get; init; } = 32;

    /// <summary>Classes of the heads.</summary>
    public int Classes { get; init; } = 1000;

    /// <summary>Added to the variance in layer norms.</summary>
    public float NormEpsilon { get; init; } = 1e-5f;

    /// <summary>The short side before the centre crop in the weights' own preprocessing: 224 / 0.95, rounded down.</summary>
    public int ClassificationResize { get; init; } = 235;
}
