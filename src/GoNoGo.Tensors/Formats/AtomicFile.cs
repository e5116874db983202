namespace GoNoGo.Tensors.Formats;

/// <summary>
/// Writes a file so that a reader sees the old content or the new one, never a part: to a temporary file in the same
/// folder, flushed to the disk, then renamed.
/// </summary>
public static class AtomicFile
{
    private const int BufferBytes = 1 << 16;

    /// <summary>Writes a file; missing folders are made. When anything fails the old file stays and the temporary one is removed.</summary>
    /// <param name="path">The file to write or replace.</param>
    /// <param name="write">Writes the content; what it throws (other than I/O failures) reaches the caller unchanged.</param>
    /// <exception cref="FileWriteException">The file system refused: path, cause and what to do.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        string? temporary = null;
        try
        {
            string full = Path.GetFullPath(path);
            string folder = Path.GetDirectoryName(full) ?? throw new IOException("it names no file");
            Directory.CreateDirectory(folder);
            temporary = Path.Combine(folder, $".{Path.GetFileName(full)}.{Guid.NewGuid():N}.tmp");
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferBytes))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, full, overwrite: true);
            temporary = null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new FileWriteException($"Cannot write '{path}': {Sentence(exception)} Choose another path or make room, then try again.", exception);
        }
        finally
        {
            Remove(temporary);
        }
    }

    /// <summary>Writes bytes; see <see cref="Write"/>.</summary>
    public static void WriteAllBytes(string path, ReadOnlyMemory<byte> content) => Write(path, stream => stream.Write(content.Span));

    /// <summary>Writes text as UTF-8 without a byte order mark; see <see cref="Write"/>.</summary>
    public static void WriteAllText(string path, string content) =>
        WriteAllBytes(path, System.Text.Encoding.UTF8.GetBytes(content));

    private static string Sentence(Exception exception) =>
        exception.Message.EndsWith('.') ? exception.Message : exception.Message + ".";

    private static void Remove(string? temporary)
    {
        try
        {
            if (temporary is not null && File.Exists(temporary))
            {
                File.Delete(temporary);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The failure that brought us here is the one to report.
        }
    }
}
