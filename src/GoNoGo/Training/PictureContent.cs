using System.Buffers.Binary;
using System.Security.Cryptography;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Training;

/// <summary>What a picture is, byte by byte.</summary>
internal static class PictureContent
{
    /// <summary>The file's bytes, or the samples of a picture that is a part of a larger file.</summary>
    public static byte[] Read(DatasetItem item)
    {
        if (item.FilePath is { } path)
        {
            return PictureFile.Read(path, File.ReadAllBytes);
        }

        using Image image = item.LoadImage();
        return image.Samples8 is { } samples ? [.. samples] : [];
    }

    /// <summary>The first 8 bytes of the SHA-256.</summary>
    public static ulong Hash(ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content, hash);
        return BinaryPrimitives.ReadUInt64BigEndian(hash);
    }
}
