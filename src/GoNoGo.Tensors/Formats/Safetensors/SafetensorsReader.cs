using GoNoGo.Tensors.Memory;

namespace GoNoGo.Tensors.Formats.Safetensors;

/// <summary>
/// Reads a safetensors file: 8 bytes little-endian header length, JSON header, raw little-endian data. No length or
/// range is trusted before it is checked; nothing is loaded before it is asked for. Safe for several threads.
/// </summary>
public sealed unsafe class SafetensorsReader : IDisposable
{
    private readonly ByteSource _source;
    private readonly SafetensorsHeader _header;
    private readonly Dictionary<string, TensorStorage> _mapped = new(StringComparer.Ordinal);

    private SafetensorsReader(ByteSource source)
    {
        _source = source;
        try
        {
            _header = SafetensorsHeader.Read(source);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="memoryMapped">Map the file instead of reading it, for large weights; needed for <see cref="Map"/>.</param>
    /// <exception cref="TensorFileException">The file is missing, unreadable, damaged or no safetensors file.</exception>
    public static SafetensorsReader Open(string path, bool memoryMapped = false) => new(ByteSource.OpenFile(path, memoryMapped));

    /// <summary>Opens a readable, seekable stream (its whole content, from position 0). The stream stays the caller's.</summary>
    /// <param name="stream">The content.</param>
    /// <param name="name">How messages call it.</param>
    /// <exception cref="TensorFileException">The content is damaged or not in safetensors format.</exception>
    public static SafetensorsReader Open(Stream stream, string name = "stream") => new(ByteSource.OpenStream(stream, name));

    /// <summary>The file's path, or the name given to the stream: for messages.</summary>
    public string Name => _source.Name;

    /// <summary>The tensors in the order of their data.</summary>
    public IReadOnlyList<SafetensorsEntry> Entries => _header.InFileOrder;

    /// <summary>The strings stored under <c>__metadata__</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>Whether the file has a tensor of this name.</summary>
    public bool Contains(string name) => _header.Entries.ContainsKey(name);

    /// <summary>The tensor of this name.</summary>
    /// <exception cref="TensorFileException">There is none.</exception>
    public SafetensorsEntry this[string name] => _header.Entries.TryGetValue(name, out SafetensorsEntry? entry)
        ? entry
        : throw new TensorFileException($"'{_source.Name}' has no tensor '{name}' ({Entries.Count} others).");

    /// <summary>Reads a tensor of any type as floats, row-major.</summary>
    public float[] ReadFloats(string name)
    {
        SafetensorsEntry entry = this[name];
        var values = new float[ArrayLength(entry)];
        fixed (float* destination = values)
        {
            ReadFloats(entry, destination);
        }

        return values;
    }

    /// <summary>Reads a tensor of any type as doubles, row-major.</summary>
    public double[] ReadDoubles(string name)
    {
        SafetensorsEntry entry = this[name];
        var values = new double[ArrayLength(entry)];
        ElementReader.Doubles(_source, Position(entry), entry.Type, values);
        return values;
    }

    /// <summary>Reads a tensor of an integer or boolean type as 64-bit integers, row-major.</summary>
    /// <exception cref="TensorFileException">The tensor holds fractions, or an integer beyond 2^63 - 1.</exception>
    public long[] ReadIntegers(string name)
    {
        SafetensorsEntry entry = this[name];
        var values = new long[ArrayLength(entry)];
        ElementReader.Integers(_source, Position(entry), entry.Type, $"tensor '{name}'", values);
        return values;
    }

    /// <summary>Reads the raw bytes of a tensor.</summary>
    public byte[] ReadBytes(string name)
    {
        SafetensorsEntry entry = this[name];
        if (entry.ByteLength > Array.MaxLength)
        {
            throw TooLong(entry);
        }

        var bytes = new byte[entry.ByteLength];
        ReadBytes(entry, 0, bytes);
        return bytes;
    }

    /// <summary>Reads a part of a tensor's raw bytes.</summary>
    /// <exception cref="ArgumentException">The range is not inside the tensor.</exception>
    public void ReadBytes(SafetensorsEntry entry, long offset, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (offset < 0 || offset > entry.ByteLength - destination.Length)
        {
            throw new ArgumentException($"ReadBytes: {offset} + {destination.Length} is not inside the {entry.ByteLength} bytes of '{entry.Name}'.", nameof(offset));
        }

        _source.Read(Position(entry) + offset, destination);
    }

    /// <summary>Reads a tensor of any type into new memory of the scope.</summary>
    public Tensor ReadTensor(string name, TensorScope scope)
    {
        ArgumentNullException.ThrowIfNull(scope);
        Tensor tensor = scope.New(this[name].Shape);
        ReadFloats(this[name], tensor.Pointer);
        return tensor;
    }

    /// <summary>Reads a tensor of any type into a tensor of the same shape.</summary>
    /// <exception cref="TensorFileException">The shapes differ.</exception>
    public void Read(string name, Tensor destination)
    {
        SafetensorsEntry entry = this[name];
        if (entry.Shape != destination.Shape)
        {
            throw new TensorFileException($"'{_source.Name}': tensor '{name}' has the shape {entry.Shape}, expected {destination.Shape}.");
        }

        ReadFloats(entry, destination.Pointer);
    }

    /// <summary>Reads some items of a tensor <c>[n, ...]</c> of any type into a tensor of their number and the same other dimensions.</summary>
    /// <param name="name">The tensor.</param>
    /// <param name="first">The first item.</param>
    /// <param name="destination">Receives the items.</param>
    /// <exception cref="TensorFileException">The shapes differ, or there are not so many items.</exception>
    public void ReadItems(string name, long first, Tensor destination)
    {
        SafetensorsEntry entry = this[name];
        int[] wanted = destination.Shape.ToArray();
        ReadOnlySpan<long> dimensions = entry.Dimensions;
        bool fits = wanted.Length > 0 && wanted.Length == dimensions.Length && first >= 0 && first <= dimensions[0] - wanted[0];
        for (int i = 1; fits && i < wanted.Length; i++)
        {
            fits = wanted[i] == dimensions[i];
        }

        if (!fits)
        {
            throw new TensorFileException($"'{_source.Name}': tensor '{name}' has the shape [{string.Join(", ", entry.Dimensions.ToArray())}], expected items {first} to {first + (wanted.Length > 0 ? wanted[0] : 0)} of {destination.Shape}.");
        }

        long values = destination.ElementCount / wanted[0];
        ElementReader.Floats(_source, Position(entry) + (first * values * entry.Type.Size()), entry.Type, destination.ElementCount, destination.Pointer);
    }

    /// <summary>
    /// A float32 tensor in place, without a copy: read-only (writing to it ends the process), valid until this reader
    /// is disposed, aligned to 4 bytes only.
    /// </summary>
    /// <exception cref="InvalidOperationException">The file was not opened memory-mapped.</exception>
    /// <exception cref="TensorFileException">The tensor is not float32 or its data is not aligned to 4 bytes.</exception>
    public Tensor Map(string name)
    {
        SafetensorsEntry entry = this[name];
        if (_source.Address is null)
        {
            throw new InvalidOperationException("Map: open the file with memoryMapped: true.");
        }

        byte* address = _source.Address + Position(entry);
        if (entry.Type != ElementType.F32 || ((nint)address & 3) != 0)
        {
            throw new TensorFileException($"'{_source.Name}': tensor '{name}' ({entry.Type}) cannot be used in place; read it instead.");
        }

        lock (_mapped)
        {
            if (!_mapped.TryGetValue(name, out TensorStorage? storage))
            {
                storage = new TensorStorage(entry.ElementCount, -1, ownsMemory: false);
                storage.Attach((float*)address);
                _mapped.Add(name, storage);
            }

            return new Tensor(storage, 0, entry.Shape);
        }
    }

    /// <summary>Closes the file; tensors from <see cref="Map"/> become invalid.</summary>
    public void Dispose()
    {
        lock (_mapped)
        {
            foreach (TensorStorage storage in _mapped.Values)
            {
                storage.Invalidate();
            }

            _mapped.Clear();
        }

        _source.Dispose();
    }

    private void ReadFloats(SafetensorsEntry entry, float* destination) =>
        ElementReader.Floats(_source, Position(entry), entry.Type, entry.ElementCount, destination);

    private long Position(SafetensorsEntry entry) => _header.DataStart + entry.Offset;

    private long ArrayLength(SafetensorsEntry entry) => entry.ElementCount <= Array.MaxLength ? entry.ElementCount : throw TooLong(entry);

    private TensorFileException TooLong(SafetensorsEntry entry) =>
        new($"'{_source.Name}': tensor '{entry.Name}' has {entry.ElementCount} elements, more than an array can hold; read it into a tensor.");
}
