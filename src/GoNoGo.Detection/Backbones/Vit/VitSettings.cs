namespace GoNoGo.Detection.Backbones.Vit;

/// <summary>A row of the variant table: the sizes of a vision transformer.</summary>
/// <param name="Id">The variant's id.</param>
/// <param name="Width">D.</param>
/// <param name="Depth">Blocks.</param>
/// <param name="Heads">A; the width of a head is D / A.</param>
public sealed record VitSettings(string Id, int Width, int Depth, int Heads)
{
    /// <summary>One sentence for lists.</summary>
    public string Summary { get; init; } = "";

    /// <summary>Rows and columns of a patch.</summary>
    public int Patch { get; init; } = 16;

    /// <summary>Rows and columns of the input that the position embedding was trained for.</summary>
    public int TrainedSize { get; init; } = 224;

    /// <summary>Whether a distillation token and head stand beside the class token and its head.</summary>
    public bool IsDistilled { get; init; }

    /// <summary>Width of the hidden layer of an MLP, in widths of the network.</summary>
    public int MlpRatio { get; init; } = 4;

    /// <summary>Classes of the head.</summary>
    public int Classes { get; init; } = 1000;

    /// <summary>Added to the variance in layer norms.</summary>
    public float NormEpsilon { get; init; } = 1e-6f;

    /// <summary>The short side before the centre crop in the weights' own preprocessing: 224 / 0.9, rounded down.</summary>
    public int ClassificationResize { get; init; } = 248;

    /// <summary>Tokens before the patches: class, and distillation.</summary>
    public int PrefixTokens => IsDistilled ? 2 : 1;
}
