using System.Security.Cryptography;

namespace GoNoGo.Weights;

/// <summary>SHA-256 of files.</summary>
internal static class FileHash
{
    private const int ChunkBytes = 1 << 20;

    /// <summary>64 lower-case hexadecimal digits.</summary>
    /// <exception cref="WeightsException">The file cannot be read.</exception>
    public static string Of(string path, CancellationToken cancellation = default)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var chunk = new byte[ChunkBytes];
            for (int count = stream.Read(chunk); count > 0; count = stream.Read(chunk))
            {
                cancellation.ThrowIfCancellationRequested();
                hash.AppendData(chunk, 0, count);
            }

            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new WeightsException($"cannot read '{path}': {exception.Message}", exception);
        }
    }
}
