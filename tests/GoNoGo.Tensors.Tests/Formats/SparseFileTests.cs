using System.Buffers.Binary;
using System.Text;
using GoNoGo.Tensors.Formats;
using GoNoGo.Tensors.Formats.Npy;
using GoNoGo.Tensors.Formats.Safetensors;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Tensors.Tests.Formats;

/// <summary>Offsets beyond 32 bits, on a file of 5 GB that takes no room on the disk.</summary>
public sealed class SparseFileTests : IDisposable
{
    private const long FillerBytes = 5_000_000_000;

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"gonogo-{Guid.NewGuid():N}.sparse");

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Safetensors_beyond_4_GB_are_read(bool memoryMapped)
    {
        float[] tail = [1, 2, 3, 4];
        string header = $"{{\"filler\":{{\"dtype\":\"U8\",\"shape\":[{FillerBytes}],\"data_offsets\":[0,{FillerBytes}]}},"
            + $"\"tail\":{{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[{FillerBytes},{FillerBytes + 16}]}}}}";
        header = header.PadRight((header.Length + 7) / 8 * 8);
        var prefix = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(prefix, header.Length);
        WriteSparse([.. prefix, .. Encoding.ASCII.GetBytes(header)], tail);

        using SafetensorsReader reader = SafetensorsReader.Open(_path, memoryMapped);
        using var scope = new TensorScope();
        Assert.Equal(tail, reader.ReadFloats("tail"));
        Assert.Equal(tail, reader.ReadTensor("tail", scope).ToArray());
        Assert.Equal(FillerBytes, reader["filler"].ElementCount);
        var last = new byte[4];
        reader.ReadBytes(reader["filler"], FillerBytes - 4, last);
        Assert.Equal(new byte[4], last);
        Assert.Contains("more than an array can hold", Assert.Throws<TensorFileException>(() => reader.ReadFloats("filler")).Message, StringComparison.Ordinal);
        Assert.Throws<TensorFileException>(() => reader.ReadBytes("filler"));
        Assert.Throws<TensorFileException>(() => reader["filler"].Shape);
        if (memoryMapped)
        {
            Assert.Equal(tail, reader.Map("tail").ToArray());
        }
    }

    [Fact]
    public void Npy_beyond_4_GB_is_read()
    {
        const long Count = 1_250_000_004;
        string text = $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({Count},), }}".PadRight(117) + "\n";
        WriteSparse([0x93, .. "NUMPY"u8, 1, 0, (byte)text.Length, 0, .. Encoding.ASCII.GetBytes(text)], [1, 2, 3, 4]);
        using NpyReader reader = NpyReader.Open(_path);
        Assert.Equal(Count, reader.ElementCount);
        var tail = new float[6];
        reader.Read(Count - 6, tail);
        Assert.Equal([0f, 0, 1, 2, 3, 4], tail);
    }

    private void WriteSparse(byte[] head, float[] tail)
    {
        var drive = new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(_path)! : Path.GetDirectoryName(_path)!);
        long free = drive.AvailableFreeSpace;
        Assert.SkipUnless(free > 2 * FillerBytes, "needs 10 GB of free disk, of which it takes none where files can be sparse");
        using FileStream file = File.Create(_path);
        file.Write(head);
        file.SetLength(head.Length + FillerBytes);
        // Other programs write meanwhile; 5 GB stand out.
        Assert.SkipUnless(drive.AvailableFreeSpace > free - (FillerBytes / 2), "this file system has no sparse files");
        file.Seek(0, SeekOrigin.End);
        file.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes(tail.AsSpan()));
    }
}
