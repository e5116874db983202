using System.Buffers.Binary;
using System.IO.Compression;

namespace GoNoGo.Vision.Datasets.Mnist;

/// <summary>
/// An array of bytes in the idx format (big-endian; magic 0x0000 08 rank, then one 32-bit length a dimension), plain or
/// gzip. No length is trusted before it is compared with the file.
/// </summary>
internal static class IdxFile
{
    // Deflate cannot expand more than this: a larger claim is a lie.
    private const long MaxExpansion = 1032;

    /// <summary>Reads labels: rank 1.</summary>
    public static byte[] ReadLabels(string path) => Read(path, 1, out _);

    /// <summary>Reads pictures: rank 3, <c>[count, rows, columns]</c>.</summary>
    public static byte[] ReadImages(string path, out int count, out int rows, out int columns)
    {
        byte[] data = Read(path, 3, out int[] dimensions);
        (count, rows, columns) = (dimensions[0], dimensions[1], dimensions[2]);
        return data;
    }

    private static byte[] Read(string path, int rank, out int[] dimensions)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            bool gzip = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
            if (!gzip)
            {
                return ReadBody(path, file, rank, file.Length, exact: true, out dimensions);
            }

            using var unpacked = new GZipStream(file, CompressionMode.Decompress);
            return ReadBody(path, unpacked, rank, file.Length * MaxExpansion, exact: false, out dimensions);
        }
        catch (InvalidDataException exception)
        {
            throw Damaged(path, "a gzip file", "damaged data", exception);
        }
        catch (EndOfStreamException exception)
        {
            throw Damaged(path, "a whole idx file", "one that is cut off", exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new DatasetException(
                DatasetError.Other, path, "a readable file", exception.Message.TrimEnd('.'), "check the permissions", exception);
        }
    }

    /// <summary>Reads what follows the header; <paramref name="limit"/> is the number of bytes that the file has (<paramref name="exact"/>) or can have at most.</summary>
    private static byte[] ReadBody(string path, Stream stream, int rank, long limit, bool exact, out int[] dimensions)
    {
        var header = new byte[4 + (4 * rank)];
        stream.ReadExactly(header);
        uint magic = BinaryPrimitives.ReadUInt32BigEndian(header);
        uint expected = 0x0800 + (uint)rank;
        if (magic != expected)
        {
            throw Damaged(path, $"an idx file with magic number {expected}", $"{magic}");
        }

        dimensions = new int[rank];
        long length = 1;
        for (int axis = 0; axis < rank; axis++)
        {
            uint dimension = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4 + (4 * axis)));
            // Checked after each factor, so that the product cannot overflow.
            length *= dimension;
            if (dimension == 0 || length > Array.MaxLength || (!exact && header.Length + length > limit))
            {
                throw Damaged(path, "dimensions that fit the file", dimension == 0 ? "one of length 0" : "more data announced than the file holds");
            }

            dimensions[axis] = (int)dimension;
        }

        if (exact && header.Length + length != limit)
        {
            throw Damaged(path, $"{header.Length + length} bytes by its header", $"{limit}");
        }

        var data = new byte[length];
        stream.ReadExactly(data);
        if (stream.ReadByte() >= 0)
        {
            throw Damaged(path, $"{header.Length + length} bytes by its header", "more");
        }

        return data;
    }

    private static DatasetException Damaged(string path, string expected, string found, Exception? inner = null) =>
        new(DatasetError.DamagedFile, path, expected, found, "get the file again", inner);
}
