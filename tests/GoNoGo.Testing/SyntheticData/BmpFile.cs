using System.Buffers.Binary;

namespace GoNoGo.Testing.SyntheticData;

/// <summary>A plain bitmap writer for tests, with every header field in the caller's hands.</summary>
public static class BmpFile
{
    /// <summary>A bitmap whose rows are given as bytes without padding, top row first.</summary>
    public static byte[] Write(int width, int height, int bits, bool topDown, byte[] palette, byte[][] rows, uint[]? masks = null)
    {
        using var stream = new MemoryStream();
        foreach (byte[] row in topDown ? rows : rows.Reverse())
        {
            stream.Write(row);
            stream.Write(new byte[(4 - (row.Length % 4)) % 4]);
        }

        return WriteRaw(width, topDown ? -height : height, bits, masks is null ? 0 : 3, palette, stream.ToArray(), masks);
    }

    /// <summary>A bitmap of encoded pixels.</summary>
    public static byte[] WriteRaw(int width, int height, int bits, int compression, byte[] palette, byte[] pixels, uint[]? masks = null)
    {
        int maskBytes = 4 * (masks?.Length ?? 0);
        var file = new byte[54 + maskBytes + palette.Length + pixels.Length];
        file[0] = (byte)'B';
        file[1] = (byte)'M';
        Put(file, 2, file.Length);
        Put(file, 10, 54 + maskBytes + palette.Length);
        Put(file, 14, 40);
        Put(file, 18, width);
        Put(file, 22, height);
        file[26] = 1;
        file[28] = (byte)bits;
        Put(file, 30, compression);
        for (int i = 0; i < maskBytes / 4; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(54 + (4 * i)), masks![i]);
        }

        palette.CopyTo(file, 54 + maskBytes);
        pixels.CopyTo(file, 54 + maskBytes + palette.Length);
        return file;
    }

    private static void Put(byte[] file, int at, int value) => BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at), value);
}
