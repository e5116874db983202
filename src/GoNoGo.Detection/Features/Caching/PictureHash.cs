using System.Security.Cryptography;
using GoNoGo.Tensors.Parallel;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Detection.Features.Caching;

/// <summary>What tells two pictures apart: the bytes of the file, or size and samples of a picture inside a larger file.</summary>
public static class PictureHash
{
    /// <summary>Bytes of a hash (SHA-256).</summary>
    public const int Bytes = ImageHash.Bytes;

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
        var hash = new byte[Bytes];
        ImageHash.Of(image, hash);
        return hash;
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
