using GoNoGo.Features;

namespace GoNoGo.Exporting;

/// <summary>A backbone to be written as an ONNX file.</summary>
/// <param name="Backbone">The backbone and its levels.</param>
/// <param name="Output">The file to write.</param>
public sealed record ExportRequest(BackboneChoice Backbone, string Output)
{
    /// <summary>Overwrite existing files.</summary>
    public bool Force { get; init; }

    /// <summary>
    /// Write large tensors to a second file beside the first one, its name with <c>.data</c> behind it (external data of the ONNX standard); otherwise
    /// only where one file, which holds at most 2 GB, is too small.
    /// </summary>
    public bool ExternalData { get; init; }

    /// <summary>The largest E = max |difference| / max |feature| at which the file is left.</summary>
    public double Tolerance { get; init; } = 1e-5;
}

/// <summary>What was written.</summary>
/// <param name="Output">The file.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Levels">Its outputs.</param>
/// <param name="Warnings">Sentences for people: values in the weights that are no numbers.</param>
public sealed record ExportOutcome(string Output, long Bytes, IReadOnlyList<ExportedLevel> Levels, IReadOnlyList<string> Warnings)
{
    /// <summary>The second file, with the large tensors; null where the first one holds all.</summary>
    public string? Data { get; init; }

    /// <summary>The size of the second file; 0 where there is none.</summary>
    public long DataBytes { get; init; }
}

/// <summary>An output of the file, <c>[batch, D, h, w]</c>.</summary>
/// <param name="Level">The level, the output's name.</param>
/// <param name="Width">D.</param>
/// <param name="Rows">h.</param>
/// <param name="Columns">w.</param>
/// <param name="Error">E between the file as it was read back and the features that gonogo computes, on two pictures.</param>
public sealed record ExportedLevel(string Level, int Width, int Rows, int Columns, double Error);

/// <summary>The exported file does not compute what it came from; it was not left.</summary>
public sealed class ExportException : IOException
{
    /// <summary>One sentence: which output, how far off, what to do.</summary>
    public ExportException(string message) : base(message) { }

    /// <summary>One sentence, with the cause.</summary>
    public ExportException(string message, Exception inner) : base(message, inner) { }

    /// <summary>No message.</summary>
    public ExportException() { }
}
