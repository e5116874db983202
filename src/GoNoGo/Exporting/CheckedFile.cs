using GoNoGo.Tensors.Formats;

namespace GoNoGo.Exporting;

/// <summary>A file that comes into being only when what was written was read back and found right.</summary>
internal static class CheckedFile
{
    /// <summary>Writes to a temporary file, checks it and gives it its name.</summary>
    /// <param name="output">The file.</param>
    /// <param name="write">Writes it.</param>
    /// <param name="check">Reads the temporary file back; throws where it is wrong.</param>
    /// <param name="cancellation">Stops before the check; nothing is left.</param>
    /// <returns>The size of the file.</returns>
    /// <exception cref="IOException">The output cannot be written, or the check threw.</exception>
    public static long Leave(string output, Action<Stream> write, Action<string> check, CancellationToken cancellation)
    {
        AtomicFile.RemoveStale(output);
        using PendingFile file = PendingFile.Create(output);
        try
        {
            write(file.Stream);
        }
        catch (Exception exception) when (exception is IOException and not TensorFileException)
        {
            throw PendingFile.Refused(output, exception);
        }

        long bytes = file.Stream.Length;
        file.Complete();
        cancellation.ThrowIfCancellationRequested();
        check(file.TemporaryPath);
        file.Keep();
        return bytes;
    }
}
