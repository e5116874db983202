using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace GoNoGo.Vision.Imaging;

/// <summary>What tells two decoded pictures apart: the SHA-256 of width, height, channels and bit depth (4 little-endian int32), then the samples.</summary>
/// <remarks>16-bit and float samples count as they lie in memory, which is little-endian on every processor that .NET runs on today.</remarks>
public static class ImageHash
{
    /// <summary>Bytes of a hash.</summary>
    public const int Bytes = SHA256.HashSizeInBytes;

    /// <summary>The hash of a picture.</summary>
    /// <param name="image">The picture; its orientation and the size in its file do not count.</param>
    /// <param name="hash">Receives <see cref="Bytes"/> bytes.</param>
    /// <exception cref="ArgumentException">The room for the hash is too small.</exception>
    /// <exception cref="ObjectDisposedException">The picture was disposed.</exception>
    public static void Of(Image image, Span<byte> hash)
    {
        ArgumentNullException.ThrowIfNull(image);
        Span<byte> head = stackalloc byte[4 * sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(head, image.Width);
        BinaryPrimitives.WriteInt32LittleEndian(head[4..], image.Height);
        BinaryPrimitives.WriteInt32LittleEndian(head[8..], image.Channels);
        BinaryPrimitives.WriteInt32LittleEndian(head[12..], image.BitDepth);
        using var sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sum.AppendData(head);
        sum.AppendData(image.Samples8 is { } bytes ? bytes
            : image.Samples16 is { } words ? MemoryMarshal.AsBytes(words.AsSpan())
            : MemoryMarshal.AsBytes(image.SamplesFloat.AsSpan()));
        sum.GetHashAndReset(hash);
    }
}
