namespace GoNoGo.Vision.Datasets.Synthetic;

/// <summary>How many pictures a sample product line has, and how large they are.</summary>
public sealed record ProductLineOptions
{
    /// <summary>Width and height of the pictures in pixels, at least 64.</summary>
    public int Size { get; init; } = 256;

    /// <summary>Good pictures to learn from.</summary>
    public int TrainGood { get; init; } = 120;

    /// <summary>Good pictures to judge.</summary>
    public int TestGood { get; init; } = 20;

    /// <summary>Defective pictures of each kind.</summary>
    public int TestDefective { get; init; } = 10;

    /// <summary>The seed: the same seed gives the same pictures.</summary>
    public int Seed { get; init; } = 1;
}
