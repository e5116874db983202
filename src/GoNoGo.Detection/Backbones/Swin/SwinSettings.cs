namespace GoNoGo.Detection.Backbones.Swin;

/// <summary>A row of the variant table: the sizes of a shifted-window transformer.</summary>
/// <param name="Id">The variant's id.</param>
/// <param name="Width">Features of the first stage; each further stage has twice as many.</param>
/// <param name="Depths">Blocks of each stage.</param>
/// <param name="Heads">Attention heads of each stage.</param>
/// <param name="Window">Rows and columns of a window, where the map is larger than one.</param>
public sealed record SwinSettings(string Id, int Width, IReadOnlyList<int> Depths, IReadOnlyList<int> Heads, int Window)
{
    /// <summary>One sentence for lists.</summary>
    public string Summary { get; init; } = "";

    /// <summary>Rows and columns of a patch.</summary>
    public int Patch { get; init; } = 4;

    /// <summary>Rows and columns of the input that the weights were trained for.</summary>
    public int TrainedSize { get; init; } = 224;

    /// <summary>Width of the hidden layer of an MLP, in widths of the stage.</summary>
    public int MlpRatio { get; init; } = 4;

    /// <summary>Added to the variance in layer norms.</summary>
    public float NormEpsilon { get; init; } = 1e-6f;

    /// <summary>Rate of stochastic depth of the last block; it grows linearly from 0 at the first.</summary>
    public float DropPath { get; init; } = 0.1f;

    /// <summary>The short side before the centre crop in the weights' own preprocessing.</summary>
    public int ClassificationResize { get; init; } = 256;

    /// <summary>Rows and columns of the map of a stage.</summary>
    public int Side(int stage, int size)
    {
        int side = size / Patch;
        for (int i = 0; i < stage; i++)
        {
            side = (side + 1) / 2;
        }

        return side;
    }

    /// <summary>Rows and columns of a stage's windows: the whole map where it is not larger than a window.</summary>
    public int WindowOf(int stage, int size) => Math.Min(Window, Side(stage, size));
}
