namespace GoNoGo.Tensors.Formats;

/// <summary>
/// Writes a file so that a reader sees the old content or the new one, never a part: to a temporary file in the same
/// folder, flushed to the disk, then renamed.
/// </summary>
public static class AtomicFile
{
    /// <summary>The end of a temporary name.</summary>
    internal const string Extension = ".tmp";

    private const int GuidDigits = 32;

    /// <summary>A temporary file that nobody has written to for so long belongs to a process that was killed.</summary>
    private static readonly TimeSpan StaleAge = TimeSpan.FromHours(1);

    /// <summary>Writes a file; missing folders are made. When anything fails the old file stays and the temporary one is removed.</summary>
    /// <param name="path">The file to write or replace.</param>
    /// <param name="write">Writes the content; what it throws (other than I/O failures) reaches the caller unchanged.</param>
    /// <exception cref="FileWriteException">The file system refused: path, cause and what to do.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        using PendingFile file = PendingFile.Create(path);
        try
        {
            write(file.Stream);
        }
        catch (Exception exception) when (PendingFile.IsRefusal(exception))
        {
            throw PendingFile.Refused(path, exception);
        }

        file.Keep();
    }

    /// <summary>Writes bytes; see <see cref="Write"/>.</summary>
    public static void WriteAllBytes(string path, ReadOnlyMemory<byte> content) => Write(path, stream => stream.Write(content.Span));

    /// <summary>Writes text as UTF-8 without a byte order mark; see <see cref="Write"/>.</summary>
    public static void WriteAllText(string path, string content) =>
        WriteAllBytes(path, System.Text.Encoding.UTF8.GetBytes(content));

    /// <summary>
    /// Removes what processes killed while they wrote this very file have left beside it: temporary files of its name that nobody holds open and
    /// nobody has written to for an hour. It lists the folder, so it is for single large files, not for each of many.
    /// </summary>
    /// <param name="path">The file that is written; need not exist. What cannot be removed stays.</param>
    public static void RemoveStale(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string full = Path.GetFullPath(path);
        string prefix = $".{Path.GetFileName(full)}.";
        try
        {
            var options = new EnumerationOptions { AttributesToSkip = FileAttributes.ReparsePoint };
            foreach (string file in Directory.EnumerateFiles(Path.GetDirectoryName(full)!, "*" + Extension, options))
            {
                if (IsTemporary(Path.GetFileName(file), prefix) && DateTime.UtcNow - File.GetLastWriteTimeUtc(file) > StaleAge)
                {
                    RemoveUnheld(file);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Tidying up is no reason to fail.
        }
    }

    private static bool IsTemporary(string name, string prefix) =>
        name.Length == prefix.Length + GuidDigits + Extension.Length
        && name.StartsWith(prefix, StringComparison.Ordinal)
        && Guid.TryParseExact(name.AsSpan(prefix.Length, GuidDigits), "N", out _);

    private static void RemoveUnheld(string file)
    {
        try
        {
            // A writer that is alive holds its file; then this throws.
            using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Another user's, or in use: it stays.
        }
    }
}
