using System.Runtime.InteropServices;
using System.Security.Cryptography;
using GoNoGo.Tensors.Parallel;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Detection.Features.Caching;

/// <summary>What tells two pictures apart: the bytes of the file, or size and samples of a picture inside a larger file.</summary>
public static class PictureHash
{
    /// <summary>Bytes of a hash (SHA-256).</summary>
    public const int Bytes = 32;

    /// <summary>The hash of a picture.</summary>
    /// <exception cref="ImageFormatException">The picture is damaged (only where it has no file of its own).</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static byte[] Of(DatasetItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        if (item.FilePath is { } path)
        {
            using FileStream stream = PictureFile.Read(path, static file => new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan));
            return SHA256.HashData(stream);
        }

        using Image image = item.LoadImage();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        int[] shape = [image.Width, image.Height, image.Channels, image.BitDepth];
        hash.AppendData(MemoryMarshal.AsBytes<int>(shape));
        hash.AppendData(image.BitDepth switch
        {
            8 => image.Samples8,
            16 => MemoryMarshal.AsBytes(image.Samples16.AsSpan()),
            _ => MemoryMarshal.AsBytes(image.SamplesFloat.AsSpan()),
        });
        return hash.GetHashAndReset();
    }

    /// <summary>The hashes of many pictures, on all threads; each file is read once.</summary>
    /// <inheritdoc cref="Of(DatasetItem)"/>
    public static byte[][] OfAll(IReadOnlyList<DatasetItem> items, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(items);
        var hashes = new byte[items.Count][];
        Workers.For(items.Count, new Body(items, hashes, cancellation));
        return hashes;
    }

    private readonly struct Body(IReadOnlyList<DatasetItem> items, byte[][] hashes, CancellationToken cancellation) : IParallelBody
    {
        public void Invoke(int index)
        {
            cancellation.ThrowIfCancellationRequested();
            hashes[index] = Of(items[index]);
        }
    }
}
