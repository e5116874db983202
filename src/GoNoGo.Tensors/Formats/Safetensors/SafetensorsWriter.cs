using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace GoNoGo.Tensors.Formats.Safetensors;

/// <summary>
/// Collects tensors and strings and writes them as one safetensors file. The bytes depend on the content only:
/// metadata sorted by key, tensors by element size (large first, so that all data is aligned) and then name (ordinal),
/// the header padded with spaces to a multiple of 8 bytes.
/// </summary>
public sealed unsafe class SafetensorsWriter
{
    private readonly SortedDictionary<string, Item> _items = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> _metadata = new(StringComparer.Ordinal);

    /// <summary>Stores a string under <c>__metadata__</c>; an earlier one of the same key is replaced.</summary>
    public SafetensorsWriter SetMetadata(string key, string value)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);
        _metadata[key] = value;
        return this;
    }

    /// <summary>Adds a tensor as F32. It is read when the file is written and must live until then.</summary>
    /// <exception cref="ArgumentException">The name is taken or reserved.</exception>
    public SafetensorsWriter Add(string name, Tensor tensor)
    {
        _ = tensor.Pointer;
        return Add(name, new Item(ElementType.F32, Array.ConvertAll(tensor.Shape.ToArray(), d => (long)d), tensor, default));
    }

    /// <summary>Adds float32 values.</summary>
    /// <exception cref="ArgumentException">The name is taken or reserved, or the values do not fit the dimensions.</exception>
    public SafetensorsWriter Add(string name, float[] values, params long[] dimensions) =>
        Add(name, ElementType.F32, Bytes<float>(values), dimensions);

    /// <summary>Adds float64 values.</summary>
    /// <inheritdoc cref="Add(string, float[], long[])"/>
    public SafetensorsWriter Add(string name, double[] values, params long[] dimensions) =>
        Add(name, ElementType.F64, Bytes<double>(values), dimensions);

    /// <summary>Adds 64-bit integers.</summary>
    /// <inheritdoc cref="Add(string, float[], long[])"/>
    public SafetensorsWriter Add(string name, long[] values, params long[] dimensions) =>
        Add(name, ElementType.I64, Bytes<long>(values), dimensions);

    /// <summary>Adds raw little-endian data of any type.</summary>
    /// <inheritdoc cref="Add(string, float[], long[])"/>
    public SafetensorsWriter Add(string name, ElementType type, ReadOnlyMemory<byte> data, params long[] dimensions)
    {
        ArgumentNullException.ThrowIfNull(dimensions);
        long elements = 1;
        foreach (long dimension in dimensions)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(dimension, nameof(dimensions));
            elements = checked(elements * dimension);
        }

        if (elements * type.Size() != data.Length)
        {
            throw new ArgumentException($"Add: tensor '{name}' {type} [{string.Join(", ", dimensions)}] takes {elements * type.Size()} bytes, got {data.Length}.", nameof(data));
        }

        return Add(name, new Item(type, (long[])dimensions.Clone(), default, data));
    }

    /// <summary>Writes the file by way of a temporary one; an old file of that name is replaced only on success.</summary>
    /// <exception cref="FileWriteException">The file system refused.</exception>
    public void Save(string path) => AtomicFile.Write(path, Write);

    /// <summary>Writes the file's bytes to a stream.</summary>
    public void Write(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        KeyValuePair<string, Item>[] ordered = [.. _items.OrderByDescending(pair => pair.Value.Type.Size())];
        byte[] header = Header(ordered);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach ((_, Item item) in ordered)
        {
            Write(stream, item);
        }
    }

    private static void Write(Stream stream, Item item)
    {
        if (item.Tensor.IsEmpty)
        {
            stream.Write(item.Data.Span);
            return;
        }

        byte* source = (byte*)item.Tensor.Pointer;
        long bytes = item.Tensor.ElementCount * sizeof(float);
        for (long done = 0; done < bytes;)
        {
            int count = (int)Math.Min(bytes - done, 1 << 26);
            stream.Write(new ReadOnlySpan<byte>(source + done, count));
            done += count;
        }
    }

    private byte[] Header(KeyValuePair<string, Item>[] ordered) =>
        SafetensorsHeaderWriter.Write(_metadata, ordered.Select(pair => (pair.Key, pair.Value.Type, pair.Value.Dimensions, pair.Value.ByteLength)));

    private static byte[] Bytes<T>(T[] values) where T : struct
    {
        ArgumentNullException.ThrowIfNull(values);
        return MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
    }

    private SafetensorsWriter Add(string name, Item item)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name == SafetensorsHeader.MetadataKey || !_items.TryAdd(name, item))
        {
            throw new ArgumentException($"Add: the tensor name '{name}' is {(name == SafetensorsHeader.MetadataKey ? "reserved" : "taken")}.", nameof(name));
        }

        return this;
    }

    private readonly record struct Item(ElementType Type, long[] Dimensions, Tensor Tensor, ReadOnlyMemory<byte> Data)
    {
        public long ByteLength => Tensor.IsEmpty ? Data.Length : Tensor.ElementCount * sizeof(float);
    }
}
