namespace GoNoGo.Tensors.Formats;

/// <summary>
/// A file that comes into being only when it is whole and found good: written beside its place under a temporary name, renamed by
/// <see cref="Keep"/>, and removed where that is never called.
/// </summary>
public sealed class PendingFile : IDisposable
{
    private const int BufferBytes = 1 << 16;

    private readonly string _path;
    private readonly string _full;
    private bool _isKept;

    private PendingFile(string path, string full, string temporary, FileStream stream)
    {
        (_path, _full, TemporaryPath, Stream) = (path, full, temporary, stream);
    }

    /// <summary>Where the content lies until it is kept.</summary>
    public string TemporaryPath { get; }

    /// <summary>The content, to be written and read. What it throws names the temporary file; see <see cref="Refused"/>.</summary>
    public FileStream Stream { get; }

    /// <summary>Starts a file; missing folders are made.</summary>
    /// <param name="path">Where it will be.</param>
    /// <exception cref="FileWriteException">The file system refused: path, cause and what to do.</exception>
    public static PendingFile Create(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            string full = Path.GetFullPath(path);
            string folder = Path.GetDirectoryName(full) ?? throw new IOException("it names no file");
            Directory.CreateDirectory(folder);
            string temporary = Path.Combine(folder, $".{Path.GetFileName(full)}.{Guid.NewGuid():N}{AtomicFile.Extension}");
            return new PendingFile(path, full, temporary, new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read, BufferBytes));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw Refused(path, exception);
        }
    }

    /// <summary>What to throw where writing failed: one sentence with path, cause and what to do.</summary>
    public static FileWriteException Refused(string path, Exception cause)
    {
        ArgumentNullException.ThrowIfNull(cause);
        string sentence = cause.Message.EndsWith('.') ? cause.Message : cause.Message + ".";
        return new FileWriteException($"Cannot write '{path}': {sentence} Choose another path or make room, then try again.", cause);
    }

    /// <summary>Brings the content to the disk and closes it: from here on it can be read by <see cref="TemporaryPath"/>, and no more be written.</summary>
    /// <exception cref="FileWriteException">The file system refused.</exception>
    public void Complete()
    {
        if (!Stream.CanWrite)
        {
            return;
        }

        try
        {
            Stream.Flush(flushToDisk: true);
            Stream.Dispose();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Refused(_path, exception);
        }
    }

    /// <summary>Completes the file and brings it to its place, over an old one.</summary>
    /// <exception cref="FileWriteException">The file system refused; an old file stays.</exception>
    public void Keep()
    {
        Complete();
        try
        {
            File.Move(TemporaryPath, _full, overwrite: true);
            _isKept = true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw Refused(_path, exception);
        }
    }

    /// <summary>Removes what was not kept.</summary>
    public void Dispose()
    {
        try
        {
            Stream.Dispose();
            if (!_isKept && File.Exists(TemporaryPath))
            {
                File.Delete(TemporaryPath);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The failure that brought us here is the one to report.
        }
    }
}
