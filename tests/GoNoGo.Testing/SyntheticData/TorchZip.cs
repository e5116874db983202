using System.Buffers.Binary;
using System.Text;

namespace GoNoGo.Testing.SyntheticData;

/// <summary>Writes zip archives as torch.save does, without checksums, and in forms that it does not write.</summary>
public sealed class TorchZip
{
    private readonly List<byte> _file = [];
    private readonly List<byte> _directory = [];
    private int _count;

    /// <summary>Whether sizes and places stand in their 64-bit forms.</summary>
    public bool Wide { get; init; }

    /// <summary>The compression method that the records claim.</summary>
    public ushort Method { get; init; }

    /// <summary>A checkpoint of a pickle and storages <c>0</c>, <c>1</c>, ...</summary>
    public static byte[] Checkpoint(byte[] pickle, params byte[][] storages)
    {
        TorchZip zip = new TorchZip().Add("archive/data.pkl", pickle);
        for (int i = 0; i < storages.Length; i++)
        {
            zip.Add($"archive/data/{i}", storages[i]);
        }

        return zip.Add("archive/version", "3\n"u8.ToArray()).End();
    }

    /// <summary>Adds a record.</summary>
    public TorchZip Add(string name, byte[] data)
    {
        byte[] text = Encoding.UTF8.GetBytes(name);
        uint size = Wide ? uint.MaxValue : (uint)data.Length;
        byte[] extra = Wide ? [1, 0, 24, 0, .. U64(data.Length), .. U64(data.Length), .. U64(_file.Count)] : [];
        byte[] common = [.. U16(20), .. U16(0), .. U16(Method), .. U16(0), .. U16(0), .. U32(0), .. U32(size), .. U32(size), .. U16(text.Length)];
        byte[] local = [.. U32(0x04034B50), .. common, .. U16(0), .. text];
        _directory.AddRange([.. U32(0x02014B50), .. U16(20), .. common, .. U16(extra.Length), .. U16(0), .. U16(0), .. U16(0), .. U32(0),
            .. U32(Wide ? uint.MaxValue : (uint)_file.Count), .. text, .. extra]);
        _file.AddRange([.. local, .. data]);
        _count++;
        return this;
    }

    /// <summary>The archive with its directory.</summary>
    public byte[] End()
    {
        long start = _file.Count;
        long end = start + _directory.Count;
        byte[] wide = Wide
            ? [.. U32(0x06064B50), .. U64(44), .. U16(45), .. U16(45), .. U32(0), .. U32(0), .. U64(_count), .. U64(_count), .. U64(_directory.Count), .. U64(start),
                .. U32(0x07064B50), .. U32(0), .. U64(end), .. U32(1)]
            : [];
        int count = Wide ? ushort.MaxValue : _count;
        return [.. _file, .. _directory, .. wide, .. U32(0x06054B50), .. U16(0), .. U16(0), .. U16(count), .. U16(count),
            .. U32(Wide ? uint.MaxValue : (uint)_directory.Count), .. U32(Wide ? uint.MaxValue : (uint)start), .. U16(0)];
    }

    private static byte[] U16(int value) => [(byte)value, (byte)(value >> 8)];

    private static byte[] U32(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }

    private static byte[] U64(long value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return bytes;
    }
}
