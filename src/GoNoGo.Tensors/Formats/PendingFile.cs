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
            string temporary = TemporaryName(full);
            return new PendingFile(path, full, temporary, new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read, BufferBytes));
        }
        catch (Exception exception) when (IsRefusal(exception))
        {
            throw Refused(path, exception);
        }
    }

    /// <summary>
    /// Whether an exception of a stream means that the file system refused. A file that is larger than a file system takes (4 GB on FAT) is told
    /// as an argument that is out of range.
    /// </summary>
    public static bool IsRefusal(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentOutOfRangeException { ParamName: "value" };

    /// <summary>What to throw where writing failed: one sentence with path, cause and what to do.</summary>
    public static FileWriteException Refused(string path, Exception cause)
    {
        ArgumentNullException.ThrowIfNull(cause);
        // The second line of such a message names a parameter.
        string message = cause.Message.Split('\n')[0].TrimEnd();
        string sentence = message.EndsWith('.') ? message : message + ".";
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
        catch (Exception exception) when (IsRefusal(exception))
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
        catch (Exception exception) when (IsRefusal(exception))
        {
            throw Refused(_path, exception);
        }
    }

    /// <summary>
    /// Brings two files that are of use only together to their places, over old ones. The old ones are set aside first: whenever this stops, there is
    /// never a file beside another one's companion, and where the file system refuses, both old ones are back.
    /// </summary>
    /// <param name="file">What refers to the other; it comes last.</param>
    /// <param name="companion">What it refers to.</param>
    /// <exception cref="FileWriteException">The file system refused.</exception>
    public static void KeepBoth(PendingFile file, PendingFile companion)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(companion);
        file.Complete();
        companion.Complete();
        string? oldFile = null;
        string? oldCompanion = null;
        try
        {
            oldFile = file.SetAside();
            oldCompanion = companion.SetAside();
            companion.Keep();
            file.Keep();
        }
        catch (FileWriteException)
        {
            companion.TakeBack(oldCompanion);
            file.TakeBack(oldFile);
            throw;
        }

        Remove(oldCompanion);
        Remove(oldFile);
    }

    /// <summary>Removes what was not kept.</summary>
    public void Dispose()
    {
        try
        {
            Stream.Dispose();
        }
        catch (Exception exception) when (IsRefusal(exception))
        {
            // The failure that brought us here is the one to report.
        }

        Remove(_isKept ? null : TemporaryPath);
    }

    /// <summary>Moves an old file out of the way, under a temporary name; null where there is none.</summary>
    private string? SetAside()
    {
        if (!File.Exists(_full))
        {
            return null;
        }

        string aside = TemporaryName(_full);
        try
        {
            File.Move(_full, aside);
            return aside;
        }
        catch (Exception exception) when (IsRefusal(exception))
        {
            throw Refused(_path, exception);
        }
    }

    /// <summary>Undoes keeping, and puts an old file back.</summary>
    private void TakeBack(string? aside)
    {
        try
        {
            if (_isKept)
            {
                File.Delete(_full);
            }

            if (aside is not null)
            {
                File.Move(aside, _full);
            }
        }
        catch (Exception exception) when (IsRefusal(exception))
        {
            // The failure that brought us here is the one to report.
        }
    }

    private static string TemporaryName(string full) =>
        Path.Combine(Path.GetDirectoryName(full)!, $".{Path.GetFileName(full)}.{Guid.NewGuid():N}{AtomicFile.Extension}");

    private static void Remove(string? file)
    {
        try
        {
            if (file is not null && File.Exists(file))
            {
                File.Delete(file);
            }
        }
        catch (Exception exception) when (IsRefusal(exception))
        {
            // Left over; the next writer of this name removes it.
        }
    }
}
