namespace GoNoGo.Learning.Graphs.Onnx;

/// <summary>
/// A second file for the large tensors of an ONNX model (external data of the standard): needed where a model is larger than the 2 GB that a
/// protocol-buffer file can hold, and possible for any. The two files lie in one folder.
/// </summary>
public sealed class OnnxExternalData
{
    /// <summary>The most bytes of a model in one file.</summary>
    public const long MostFileBytes = int.MaxValue;

    /// <summary>Tensors of fewer bytes stay in the model, as the standard's own tools have it.</summary>
    internal const long FewestTensorBytes = 1024;

    private const long Page = 4096;
    private const long Granularity = 65536;

    private readonly Func<Stream> _open;

    /// <summary>A second file.</summary>
    /// <param name="location">Its name, which the model tells; without a folder.</param>
    /// <param name="open">Opens it for writing; called at most once, before anything is written, and only where a tensor goes there. It is not closed.</param>
    /// <exception cref="ArgumentException">The location is no name of a file.</exception>
    public OnnxExternalData(string location, Func<Stream> open)
    {
        ArgumentNullException.ThrowIfNull(open);
        if (!IsName(location))
        {
            throw new ArgumentException($"OnnxExternalData: '{location}' is no name of a file without a folder.", nameof(location));
        }

        Location = location;
        _open = open;
    }

    /// <summary>The file's name.</summary>
    public string Location { get; }

    /// <summary>Models of at most so many bytes keep their tensors; 0: none does.</summary>
    public long KeptUpTo { get; init; } = MostFileBytes;

    /// <summary>Whether a location is the plain name of a file on every system: in the model's folder, nowhere else.</summary>
    internal static bool IsName(string? location) =>
        !string.IsNullOrEmpty(location) && location is not ("." or "..") && location.AsSpan().IndexOfAny("/\\:\0") < 0;

    /// <summary>Where a tensor may start: on a page, large ones where Windows can map them too.</summary>
    internal static long Aligned(long offset, long bytes)
    {
        long step = bytes < Granularity ? Page : Granularity;
        return (offset + step - 1) / step * step;
    }

    internal Stream Open() => _open();
}
