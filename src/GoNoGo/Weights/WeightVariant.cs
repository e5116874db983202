namespace GoNoGo.Weights;

/// <summary>The pre-trained weights of one backbone.</summary>
/// <param name="Id">The backbone's id, as in <c>--backbone</c>.</param>
/// <param name="License">The licence of the weights.</param>
/// <param name="Files">The files in which they were published; the first one is what <c>pull</c> fetches.</param>
public sealed record WeightVariant(string Id, string License, IReadOnlyList<PublishedFile> Files)
{
    /// <summary>What they were trained on.</summary>
    public string TrainedOn { get; init; } = "ImageNet-1k";

    /// <summary>The mean of each channel that pictures are normalised with (red, green, blue; 0 to 1).</summary>
    public IReadOnlyList<float> Mean { get; init; } = [0.485f, 0.456f, 0.406f];

    /// <summary>The deviation of each channel that pictures are normalised with.</summary>
    public IReadOnlyList<float> Deviation { get; init; } = [0.229f, 0.224f, 0.225f];

    /// <summary>Rows and columns of the input that they were trained for.</summary>
    public int InputSize { get; init; } = 224;

    /// <summary>Who made them and where they describe them.</summary>
    public string Project { get; init; } = "";

    /// <summary>The file that <c>pull</c> fetches, or null where no address is known.</summary>
    public PublishedFile? Downloadable => Files.FirstOrDefault(file => file.Address.Length > 0);
}
