namespace GoNoGo.Exporting;

/// <summary>A model to be written as an ONNX file.</summary>
/// <param name="Model">The model file.</param>
/// <param name="Output">The file to write.</param>
public sealed record ModelExportRequest(string Model, string Output)
{
    /// <summary>The weights file of its backbone where the model does not hold them; null: those of the store.</summary>
    public string? Weights { get; init; }

    /// <summary>Overwrite existing files.</summary>
    public bool Force { get; init; }

    /// <summary>
    /// Write large tensors to a second file beside the first one, its name with <c>.data</c> behind it (external data of the ONNX standard); otherwise
    /// only where one file, which holds at most 2 GB, is too small.
    /// </summary>
    public bool ExternalData { get; init; }

    /// <summary>The largest E = max |difference| / max |value| of scores and of maps at which the file is left.</summary>
    public double Tolerance { get; init; } = 1e-5;
}

/// <summary>What was written.</summary>
/// <param name="Output">The file.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Detector">The detector.</param>
/// <param name="InputShape">Channels, rows and columns of the input <c>[batch, C, H, W]</c>.</param>
/// <param name="MapShape">Rows and columns of the output <c>map</c>.</param>
/// <param name="ScoreError">E between the scores of the file as it was read back and the model's, on two pictures.</param>
/// <param name="MapError">E between the maps.</param>
public sealed record ModelExportOutcome(
    string Output, long Bytes, string Detector, IReadOnlyList<int> InputShape, IReadOnlyList<int> MapShape, double ScoreError, double MapError)
{
    /// <summary>The second file, with the large tensors; null where the first one holds all.</summary>
    public string? Data { get; init; }

    /// <summary>The size of the second file; 0 where there is none.</summary>
    public long DataBytes { get; init; }
}
