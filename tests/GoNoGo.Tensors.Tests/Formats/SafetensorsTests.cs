using System.Buffers.Binary;
using System.Text;
using GoNoGo.Tensors.Formats;
using GoNoGo.Tensors.Formats.Safetensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Testing;

namespace GoNoGo.Tensors.Tests.Formats;

public sealed class SafetensorsTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_written_is_read(bool memoryMapped)
    {
        using var scope = new TensorScope();
        Tensor tensor = scope.From([1, -2, 3.5f, float.NaN, float.NegativeInfinity, 1e-40f], new Shape(2, 3));
        string path = Path.Combine(Path.GetTempPath(), $"gonogo-{Guid.NewGuid():N}", "a.safetensors");
        new SafetensorsWriter()
            .SetMetadata("b", "1").SetMetadata("a", "{\"x\": \"ü\n\"}")
            .Add("head/weight", tensor)
            .Add("double", [0.1, -1e300], 2)
            .Add("long", [long.MinValue, 7, -1], 3)
            .Add("bytes", ElementType.U8, new byte[] { 1, 2, 255 }, 3, 1)
            .Add("bool", ElementType.Bool, new byte[] { 1, 0 }, 2)
            .Add("scalar", [5f])
            .Add("none", Array.Empty<float>(), 0, 4)
            .Save(path);
        try
        {
            using SafetensorsReader reader = SafetensorsReader.Open(path, memoryMapped);
            Assert.Equal(7, reader.Entries.Count);
            Assert.Equal("1", reader.Metadata["b"]);
            Assert.Equal("{\"x\": \"ü\n\"}", reader.Metadata["a"]);
            Assert.Equal(tensor.ToArray(), reader.ReadFloats("head/weight"));
            TensorAssert.SameBits(tensor.Span, reader.ReadTensor("head/weight", scope).Span);
            Assert.Equal(new Shape(2, 3), reader["head/weight"].Shape);
            Assert.Equal([0.1, -1e300], reader.ReadDoubles("double"));
            Assert.Equal([0.1f, float.NegativeInfinity], reader.ReadFloats("double"));
            Assert.Equal([long.MinValue, 7, -1], reader.ReadIntegers("long"));
            Assert.Equal([1f, 2, 255], reader.ReadFloats("bytes"));
            Assert.Equal([1, 2, 255], reader.ReadBytes("bytes"));
            Assert.Equal([1L, 0], reader.ReadIntegers("bool"));
            Assert.Equal([5f], reader.ReadFloats("scalar"));
            Assert.Equal(Shape.Scalar, reader["scalar"].Shape);
            Assert.Empty(reader.ReadFloats("none"));
            Assert.Throws<TensorFileException>(() => reader.ReadIntegers("double"));
            Assert.Throws<TensorFileException>(() => reader.ReadFloats("absent"));
            Assert.Throws<TensorFileException>(() => reader.Read("double", tensor));
            if (memoryMapped)
            {
                Tensor mapped = reader.Map("head/weight");
                TensorAssert.SameBits(tensor.Span, mapped.Span);
                reader.Dispose();
                Assert.Throws<ObjectDisposedException>(() => mapped.Span[0]);
            }
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }

    [Fact]
    public void Bytes_depend_on_the_content_only()
    {
        byte[] one = Bytes(new SafetensorsWriter().SetMetadata("k", "v").SetMetadata("a", "b").Add("x", [1f], 1).Add("b", [2f], 1).Add("d", [2.0], 1));
        byte[] two = Bytes(new SafetensorsWriter().Add("d", [2.0], 1).Add("b", [2f], 1).Add("x", [1f], 1).SetMetadata("a", "b").SetMetadata("k", "v"));
        Assert.Equal(one, two);
        int header = (int)BinaryPrimitives.ReadInt64LittleEndian(one);
        Assert.Equal(0, header % 8);
        string json = Encoding.UTF8.GetString(one, 8, header);
        Assert.StartsWith("{\"__metadata__\":{\"a\":\"b\",\"k\":\"v\"},\"d\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]},\"b\":{", json, StringComparison.Ordinal);
        Assert.Equal(8 + header + 16, one.Length);
    }

    /// <summary>Names alone must not cost memory: a table would be made for as many tensors as there are names.</summary>
    [Theory]
    [InlineData("\"\":0,")]
    [InlineData("\"\":{},")]
    public void Many_names_without_a_tensor_cost_little(string name)
    {
        byte[] header = Encoding.ASCII.GetBytes("{" + string.Concat(Enumerable.Repeat(name, 3_000_000)).TrimEnd(',') + "}");
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        byte[] file = [.. length, .. header];
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<TensorFileException>(() => SafetensorsReader.Open(new MemoryStream(file)));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4L * file.Length);
    }

    [Fact]
    public void Half_precision_types_are_converted()
    {
        byte[] half = [0x00, 0x3C, 0x00, 0xC0, 0x01, 0x00];
        byte[] brain = [0x80, 0x3F, 0x49, 0x40];
        using SafetensorsReader reader = Read(Bytes(new SafetensorsWriter().Add("h", ElementType.F16, half, 3).Add("b", ElementType.BF16, brain, 2)));
        Assert.Equal([1f, -2f, 5.9604645e-8f], reader.ReadFloats("h"));
        Assert.Equal([1.0, 3.140625], reader.ReadDoubles("b"));
    }

    [Fact]
    public void Long_tensors_are_converted_chunk_by_chunk()
    {
        long[] values = [.. Enumerable.Range(0, 40_000).Select(i => (long)i * i)];
        using SafetensorsReader reader = Read(Bytes(new SafetensorsWriter().Add("l", values, values.Length)));
        Assert.Equal(values, reader.ReadIntegers("l"));
        Assert.Equal(Array.ConvertAll(values, v => (float)v), reader.ReadFloats("l"));
    }

    [Theory]
    [InlineData("", "no safetensors")]
    [InlineData("[]", "begin with")]
    [InlineData("{\"a\":1}", "not an object")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", "twice")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", "overlap")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", "hole")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", "follow")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,12]}}", "cut off")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}", "does not fit")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}", "whole numbers")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2.0],\"data_offsets\":[0,8]}}", "whole numbers")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,18446744073709551624]}}", "whole numbers")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296,4294967296,4294967296],\"data_offsets\":[0,8]}}", "does not fit")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}", "does not fit")]
    [InlineData("{\"a\":{\"dtype\":\"F33\",\"shape\":[2],\"data_offsets\":[0,8]}}", "F33")]
    [InlineData("{\"a\":{\"dtype\":\"11\",\"shape\":[2],\"data_offsets\":[0,8]}}", "not supported")]
    [InlineData("{\"a\":{\"dtype\":\"Bool\",\"shape\":[8],\"data_offsets\":[0,8]}}", "not supported")]
    [InlineData("{\"a\":{\"shape\":[2],\"data_offsets\":[0,8]}}", "lacks")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}", "JSON")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}} x", "JSON")]
    [InlineData("{\"a\":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}", "JSON")]
    [InlineData("{\"a\":{\"z\":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}}", "JSON")]
    [InlineData("{\"__metadata__\":{\"k\":1}}", "no string")]
    [InlineData("{\"__metadata__\":[]}", "object of strings")]
    public void Bad_headers_are_refused_in_one_sentence(string header, string says)
    {
        TensorFileException exception = Assert.Throws<TensorFileException>(() => Read(File(header, new byte[8])));
        Assert.Contains(says, exception.Message, StringComparison.Ordinal);
        Assert.Contains("'test'", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(1UL << 63)]
    [InlineData(100_000_001UL)]
    [InlineData(1000UL)]
    [InlineData(0UL)]
    public void A_header_length_is_checked_before_it_is_trusted(ulong length)
    {
        byte[] file = File("{}", new byte[100]);
        BinaryPrimitives.WriteUInt64LittleEndian(file, length);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<TensorFileException>(() => Read(file));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
    }

    [Fact]
    public void Invalid_text_and_missing_files_are_refused()
    {
        byte[] file = File("{\"aa\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", new byte[8]);
        file[10] = 0xFF;
        Assert.Throws<TensorFileException>(() => Read(file));
        Assert.Throws<TensorFileException>(() => SafetensorsReader.Open("/no/such/file.safetensors"));
        Assert.Throws<TensorFileException>(() => SafetensorsReader.Open("/no/such/file.safetensors", memoryMapped: true));
        Assert.Throws<ArgumentException>(() => new SafetensorsWriter().Add("__metadata__", [1f], 1));
        Assert.Throws<ArgumentException>(() => new SafetensorsWriter().Add("a", [1f], 2));
        Assert.Throws<ArgumentException>(() => new SafetensorsWriter().Add("a", [1f], 1).Add("a", [1f], 1));
    }

    [Fact]
    public void Reference_files_are_read()
    {
        Goldens goldens = Goldens.Open("golden/backbones.safetensors");
        GoldenTensor sampled = goldens["deit/block0"];
        Assert.Equal(5, sampled.Stride);
        Assert.Equal([1, 198, 768], sampled.Dimensions);
        Assert.Equal(((198 * 768) + 4) / 5, sampled.Values.Length);
        Assert.Equal(1, goldens["deit/logits"].Stride);
        Assert.Contains("deit", goldens.CaseNames);
    }

    private static byte[] Bytes(SafetensorsWriter writer)
    {
        var stream = new MemoryStream();
        writer.Write(stream);
        return stream.ToArray();
    }

    private static byte[] File(string header, byte[] data)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        var prefix = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(prefix, json.Length);
        return [.. prefix, .. json, .. data];
    }

    private static SafetensorsReader Read(byte[] file) => SafetensorsReader.Open(new MemoryStream(file), "test");
}
