using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using GoNoGo.Tensors.Formats;
using GoNoGo.Tensors.Formats.Npy;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Tensors.Tests.Formats;

public sealed class NpyTests
{
    /// <summary>Byte for byte what numpy.save writes for arange(6) as float32 in the shape (2, 3).</summary>
    [Fact]
    public void The_bytes_are_those_of_numpy()
    {
        float[] values = [0, 1, 2, 3, 4, 5];
        byte[] file = Bytes(ElementType.F32, MemoryMarshal.AsBytes(values.AsSpan()), 2, 3);
        byte[] expected =
        [
            0x93, .. "NUMPY"u8, 1, 0, 118, 0,
            .. Encoding.ASCII.GetBytes("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }".PadRight(117)), (byte)'\n',
            .. MemoryMarshal.AsBytes(values.AsSpan()),
        ];
        Assert.Equal(expected, file);
    }

    [Fact]
    public void What_is_written_is_read()
    {
        foreach (ElementType type in Enum.GetValues<ElementType>().Where(type => type != ElementType.BF16))
        {
            byte[] data = [.. Enumerable.Range(0, 12 * type.Size()).Select(i => (byte)(type == ElementType.Bool ? i % 2 : i % type.Size() == 0 ? i + 1 : 0))];
            using NpyReader reader = Read(Bytes(type, data, 3, 4));
            Assert.Equal(type, reader.Type);
            Assert.Equal(new Shape(3, 4), reader.Shape);
            Assert.Equal(reader.ReadDoubles().Select(x => (float)x), reader.ReadFloats());
            if (!type.IsFloat())
            {
                Assert.Equal(type == ElementType.Bool ? 1 : (11 * type.Size()) + 1, reader.ReadIntegers()[11]);
            }
        }

        string path = Path.Combine(Path.GetTempPath(), $"gonogo-{Guid.NewGuid():N}.npy");
        NpyWriter.Save(path, new double[] { 1.5, -2 }, 2);
        using (NpyReader file = NpyReader.Open(path))
        {
            Assert.Equal([1.5, -2], file.ReadDoubles());
        }

        NpyWriter.Save(path, new long[] { 5 });
        using (NpyReader file = NpyReader.Open(path))
        {
            Assert.Equal([5L], file.ReadIntegers());
            Assert.Equal(0, file.Dimensions.Length);
        }

        File.Delete(path);
        Assert.Throws<ArgumentException>(() => Bytes(ElementType.BF16, new byte[2], 1));
        Assert.Throws<ArgumentException>(() => Bytes(ElementType.F32, new byte[5], 1));
        Assert.Throws<ArgumentException>(() => Bytes(ElementType.F32, new byte[4], -1, -1));
    }

    [Theory]
    [InlineData(1, "{'descr': '<i4', 'fortran_order': True, 'shape': (2, 3), }")]
    [InlineData(2, "{\"shape\":(2,3),\"fortran_order\":True,\"descr\":\"=i4\"}")]
    [InlineData(3, "{ 'fortran_order' : True , 'descr':'<i4','shape':( 2L , 3L , ) , } \n")]
    public void Fortran_order_is_turned_in_every_version(int version, string text)
    {
        int[] columns = [1, 4, 2, 5, 3, 6];
        using NpyReader reader = Read(Raw(version, text, MemoryMarshal.AsBytes(columns.AsSpan())));
        Assert.Equal([1f, 2, 3, 4, 5, 6], reader.ReadFloats());
        Assert.Equal([1.0, 2, 3, 4, 5, 6], reader.ReadDoubles());
        Assert.Equal([1L, 2, 3, 4, 5, 6], reader.ReadIntegers());
        using var scope = new TensorScope();
        Assert.Equal([1f, 2, 3, 4, 5, 6], reader.ReadTensor(scope).ToArray());
        Assert.Throws<TensorFileException>(() => reader.Read(0, new float[2]));
    }

    [Fact]
    public void Larger_fortran_arrays_are_turned_run_by_run()
    {
        const int A = 31;
        const int B = 17;
        const int C = 23;
        var data = new short[A * B * C];
        for (int c = 0, i = 0; c < C; c++)
        {
            for (int b = 0; b < B; b++)
            {
                for (int a = 0; a < A; a++)
                {
                    data[i++] = (short)((((a * B) + b) * C) + c);
                }
            }
        }

        using NpyReader reader = Read(Raw(1, $"{{'descr': '<i2', 'fortran_order': True, 'shape': ({A}, {B}, {C})}}", MemoryMarshal.AsBytes(data.AsSpan())));
        Assert.Equal(Enumerable.Range(0, A * B * C).Select(i => (float)i), reader.ReadFloats());
        Assert.Equal(Enumerable.Range(0, A * B * C).Select(i => (double)i), reader.ReadDoubles());
    }

    [Fact]
    public void A_part_is_read()
    {
        float[] values = [.. Enumerable.Range(0, 100_000).Select(i => (float)i)];
        using NpyReader reader = Read(Bytes(ElementType.F32, MemoryMarshal.AsBytes(values.AsSpan()), values.Length));
        var part = new float[1000];
        reader.Read(98_999, part);
        Assert.Equal(values[98_999..99_999], part);
        Assert.Throws<ArgumentException>(() => reader.Read(99_001, part));
        Assert.Throws<ArgumentException>(() => reader.Read(-1, part));
    }

    [Theory]
    [InlineData("", "dictionary")]
    [InlineData("{}", "dictionary")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'more': 1}", "dictionary")]
    [InlineData("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", "dictionary")]
    [InlineData("{'descr': '<f4', 'fortran_order': 0, 'shape': (2,)}", "dictionary")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}", "dictionary")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2.0,)}", "dictionary")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}", "dictionary")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} x", "dictionary")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)", "dictionary")]
    [InlineData("{'descr': '<f4, 'fortran_order': False, 'shape': (2,)}", "'<f4, '")]
    [InlineData("{'descr': '>f4', 'fortran_order': False, 'shape': (2,)}", "'>f4'")]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (2,)}", "'|O'")]
    [InlineData("{'descr': '<c8', 'fortran_order': False, 'shape': (1,)}", "'<c8'")]
    [InlineData("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,)}", "fields")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}", "12 bytes, 8 are there")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", "4 bytes, 8 are there")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296, 2)}", "2^63")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,2)}", "32 dimensions")]
    public void Bad_headers_are_refused_in_one_sentence(string text, string says)
    {
        TensorFileException exception = Assert.Throws<TensorFileException>(() => Read(Raw(1, text, new byte[8])));
        Assert.Contains(says, exception.Message, StringComparison.Ordinal);
        Assert.Contains("'test'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_npy_file_is_refused()
    {
        byte[] good = Raw(2, "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", new byte[8]);
        for (int length = 0; length < good.Length; length++)
        {
            Assert.Throws<TensorFileException>(() => Read(good[..length]));
        }

        byte[] version = [.. good];
        version[6] = 4;
        Assert.Throws<TensorFileException>(() => Read(version));
        byte[] huge = [.. good];
        huge.AsSpan(8, 4).Fill(0xFF);
        Assert.Throws<TensorFileException>(() => Read(huge));
        Assert.Throws<TensorFileException>(() => NpyReader.Open("/no/such/file.npy"));
    }

    private static byte[] Bytes(ElementType type, ReadOnlySpan<byte> data, params long[] dimensions)
    {
        var stream = new MemoryStream();
        NpyWriter.Write(stream, type, data, dimensions);
        return stream.ToArray();
    }

    private static byte[] Raw(int version, string text, ReadOnlySpan<byte> data)
    {
        byte[] length = new byte[version == 1 ? 2 : 4];
        if (version == 1)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(length, (ushort)text.Length);
        }
        else
        {
            BinaryPrimitives.WriteInt32LittleEndian(length, text.Length);
        }

        return [0x93, .. "NUMPY"u8, (byte)version, 0, .. length, .. Encoding.ASCII.GetBytes(text), .. data];
    }

    private static NpyReader Read(byte[] file) => NpyReader.Open(new MemoryStream(file), "test");
}
