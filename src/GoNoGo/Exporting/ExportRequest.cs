using GoNoGo.Features;

namespace GoNoGo.Exporting;

/// <summary>A backbone to be written as an ONNX file.</summary>
/// <param name="Backbone">The backbone and its levels.</param>
/// <param name="Output">The file to write.</param>
public sealed record ExportRequest(BackboneChoice Backbone, string Output)
{
    /// <summary>Overwrite an existing file.</summary>
    public bool Force { get; init; }

    /// <summary>The largest E = max |difference| / max |feature| at which the file is left.</summary>
    public double Tolerance { get; init; } = 1e-5;
}

/// <summary>What was written.</summary>
/// <param name="Output">The file.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Levels">Its outputs.</param>
/// <param name="Warnings">Sentences for people: values in the weights that are no numbers.</param>
public sealed record ExportOutcome(string Output, long Bytes, IReadOnlyList<ExportedLevel> Levels, IReadOnlyList<string> Warnings);

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
