namespace GoNoGo.Evaluation.Storage;

/// <summary>The temporary file that holds the maps beyond the memory limit could not be made, written or read.</summary>
public sealed class SpillFileException : IOException
{
    /// <summary>An error of the file <paramref name="path"/>.</summary>
    public SpillFileException(string path, string message, Exception? inner = null)
        : base(message, inner) => Path = path;

    /// <summary>The temporary file.</summary>
    public string Path { get; }
}
