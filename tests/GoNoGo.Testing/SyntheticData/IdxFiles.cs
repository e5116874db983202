using System.Buffers.Binary;
using System.IO.Compression;

namespace GoNoGo.Testing.SyntheticData;

/// <summary>Idx files for tests.</summary>
public static class IdxFiles
{
    /// <summary>A file of bytes with these dimensions.</summary>
    public static byte[] Make(ReadOnlySpan<byte> data, params ReadOnlySpan<int> dimensions)
    {
        var file = new byte[4 + (4 * dimensions.Length) + data.Length];
        file[2] = 8;
        file[3] = (byte)dimensions.Length;
        for (int axis = 0; axis < dimensions.Length; axis++)
        {
            BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(4 + (4 * axis)), dimensions[axis]);
        }

        data.CopyTo(file.AsSpan(4 + (4 * dimensions.Length)));
        return file;
    }

    /// <summary>The same, compressed.</summary>
    public static byte[] Gzip(ReadOnlySpan<byte> file)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(file);
        }

        return packed.ToArray();
    }
}
