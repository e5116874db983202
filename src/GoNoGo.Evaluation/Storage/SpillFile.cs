using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace GoNoGo.Evaluation.Storage;

/// <summary>
/// A temporary file for what does not fit the memory limit. It vanishes when this object is disposed and when the process
/// dies: on Unix its name is removed as soon as it is open, on Windows the system deletes it on close.
/// </summary>
internal sealed class SpillFile : IDisposable
{
    // A single write is limited by the system to about 2 GB.
    private const int PieceBytes = 1 << 26;

    private readonly SafeFileHandle _handle;

    public SpillFile(string? directory)
    {
        string name = "gonogo-metrics-" + Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture) + ".tmp";
        Path = System.IO.Path.Combine(directory ?? System.IO.Path.GetTempPath(), name);
        try
        {
            _handle = File.OpenHandle(
                Path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, FileOptions.DeleteOnClose | FileOptions.RandomAccess);
            if (!OperatingSystem.IsWindows())
            {
                File.Delete(Path);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Failure("made", exception);
        }
    }

    public string Path { get; }

    public long Length { get; private set; }

    /// <summary>Writes at the end and returns where.</summary>
    public long Append(ReadOnlySpan<byte> bytes)
    {
        long start = Length;
        try
        {
            while (bytes.Length > 0)
            {
                ReadOnlySpan<byte> piece = bytes[..Math.Min(bytes.Length, PieceBytes)];
                RandomAccess.Write(_handle, piece, Length);
                Length += piece.Length;
                bytes = bytes[piece.Length..];
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Length = start;
            throw Failure("written", exception);
        }

        return start;
    }

    public void Read(Span<byte> destination, long offset)
    {
        try
        {
            while (destination.Length > 0)
            {
                int read = RandomAccess.Read(_handle, destination[..Math.Min(destination.Length, PieceBytes)], offset);
                if (read == 0)
                {
                    throw new EndOfStreamException("The file is shorter than what was written to it.");
                }

                offset += read;
                destination = destination[read..];
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Failure("read", exception);
        }
    }

    public void Dispose() => _handle.Dispose();

    private SpillFileException Failure(string what, Exception exception) => new(
        Path,
        $"The temporary file {Path} for maps beyond the memory limit could not be {what} ({exception.Message.TrimEnd('.')}); " +
        "free some space, name another folder for temporary files (TMPDIR), or raise the memory limit.",
        exception);
}
