using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using GoNoGo.Learning.Checkpoints.Torch;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Formats;
using GoNoGo.Tensors.Formats.Safetensors;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Learning.Checkpoints;

/// <summary>
/// A file of named tensors: safetensors, or what torch.save writes (both containers). Opening reads and checks the structure
/// only, and never executes anything; tensors are read when asked for, in any type, as float32. Tensors can be read by several
/// threads at once.
/// </summary>
public abstract class CheckpointFile : IDisposable
{
    /// <summary>The metadata key of a safetensors file that says which branch of a training checkpoint it was made from.</summary>
    public const string BranchKey = "branch";

    private const int ChunkBytes = 1 << 16;

    private readonly List<CheckpointEntry> _entries = [];
    private readonly Dictionary<string, CheckpointEntry> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _unreadable = new(StringComparer.Ordinal);

    private protected CheckpointFile(string name) => Name = name;

    /// <summary>The file's path, or the name given to the stream: for messages.</summary>
    public string Name { get; }

    /// <summary>What kind of file it is.</summary>
    public abstract CheckpointFormat Format { get; }

    /// <summary>The path of the dictionary that was chosen in a training checkpoint; empty for the file's own.</summary>
    public abstract string Branch { get; }

    /// <summary>The top-level dictionaries of a training checkpoint that hold tensors.</summary>
    public abstract IReadOnlyList<string> Branches { get; }

    /// <summary>The tensors, in the order of the file.</summary>
    public IReadOnlyList<CheckpointEntry> Entries => _entries;

    /// <summary>Opens a file, whose kind is told by its content.</summary>
    /// <exception cref="TensorFileException">Missing, damaged, hostile, or no checkpoint; nothing in it is ever executed.</exception>
    public static CheckpointFile Open(string path, CheckpointOptions? options = null)
    {
        options ??= new CheckpointOptions();
        return Open(ByteSource.OpenFile(path, options.MemoryMapped), () => SafetensorsReader.Open(path, options.MemoryMapped), options);
    }

    /// <summary>Opens a readable, seekable stream. It stays the caller's.</summary>
    /// <inheritdoc cref="Open(string, CheckpointOptions?)"/>
    public static CheckpointFile Open(Stream stream, string name = "stream", CheckpointOptions? options = null) =>
        Open(ByteSource.OpenStream(stream, name), () => SafetensorsReader.Open(stream, name), options ?? new CheckpointOptions());

    /// <summary>An open safetensors file as a checkpoint, names as they are. The reader stays the caller's.</summary>
    public static CheckpointFile Of(SafetensorsReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return new SafetensorsCheckpoint(reader, owns: false, new CheckpointOptions { StripPrefixes = false });
    }

    /// <summary>Whether the file has a tensor of this name.</summary>
    public bool Contains(string name) => _byName.ContainsKey(name);

    /// <summary>The tensor of this name, if there is one.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out CheckpointEntry? entry) => _byName.TryGetValue(name, out entry);

    /// <summary>The tensor of this name.</summary>
    /// <exception cref="TensorFileException">There is none, or its type cannot be read.</exception>
    public CheckpointEntry this[string name] => _byName.TryGetValue(name, out CheckpointEntry? entry)
        ? entry
        : throw Bad(_unreadable.TryGetValue(name, out string? reason) ? $"has a tensor '{name}', but {reason}" : $"has no tensor '{name}' ({Entries.Count} others)");

    /// <summary>Reads a tensor into new memory of the scope, converted to float32.</summary>
    public Tensor ReadTensor(string name, TensorScope scope)
    {
        ArgumentNullException.ThrowIfNull(scope);
        Tensor tensor = scope.New(this[name].Shape);
        Read(name, tensor);
        return tensor;
    }

    /// <summary>Reads a tensor into a tensor of the same shape, converted to float32.</summary>
    /// <exception cref="TensorFileException">The shapes differ.</exception>
    public unsafe void Read(string name, Tensor destination)
    {
        CheckpointEntry entry = this[name];
        if (!entry.HasShape(destination.Shape))
        {
            throw Bad($"has the tensor '{name}' in the shape {entry.DimensionText}, expected {destination.Shape}");
        }

        using ElementCursor cursor = OpenElements(entry);
        ReadFloats(cursor, entry, destination.Pointer);
    }

    /// <summary>Reads a tensor as floats, row-major.</summary>
    public unsafe float[] ReadFloats(string name)
    {
        CheckpointEntry entry = this[name];
        var values = new float[ArrayLength(entry)];
        using ElementCursor cursor = OpenElements(entry);
        fixed (float* destination = values)
        {
            ReadFloats(cursor, entry, destination);
        }

        return values;
    }

    /// <summary>Reads a tensor of an integer or boolean type as 64-bit integers, row-major.</summary>
    /// <exception cref="TensorFileException">The tensor holds fractions, or an integer beyond 2^63 - 1.</exception>
    public long[] ReadIntegers(string name)
    {
        CheckpointEntry entry = this[name];
        if (entry.Type.IsFloat())
        {
            throw Bad($"has the tensor '{name}' of type {entry.Type}, an integer type was expected");
        }

        var values = new long[ArrayLength(entry)];
        using ElementCursor cursor = OpenElements(entry);
        byte[] chunk = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            int size = entry.Type.Size();
            for (int first = 0; first < values.Length;)
            {
                int count = Math.Min(values.Length - first, ChunkBytes / size);
                cursor.Read(chunk.AsSpan(0, count * size));
                ElementConversion.ToIntegers(entry.Type, chunk.AsSpan(0, count * size), values.AsSpan(first, count));
                first += count;
            }
        }
        catch (OverflowException exception)
        {
            throw new TensorFileException($"'{Name}' has the tensor '{name}' with an integer beyond 2^63 - 1.", exception);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }

        return values;
    }

    /// <summary>Closes the file.</summary>
    public abstract void Dispose();

    /// <summary>The raw elements of a tensor, in row-major order.</summary>
    internal abstract ElementCursor OpenElements(CheckpointEntry entry);

    private protected void Add(CheckpointEntry entry)
    {
        if (!_byName.TryAdd(entry.Name, entry))
        {
            throw Bad($"is damaged: tensor '{Short(entry.Name)}' occurs twice");
        }

        _entries.Add(entry);
    }

    private protected void AddUnreadable(string name, string reason) => _unreadable[name] = reason;

    private protected TensorFileException Bad(string what) => new($"'{Name}' {what}.");

    private protected static string Short(string text) => text.Length <= 100 ? text : string.Concat(text.AsSpan(0, 100), "...");

    private static CheckpointFile Open(ByteSource source, Func<SafetensorsReader> openSafetensors, CheckpointOptions options)
    {
        bool keep = false;
        try
        {
            CheckpointFormat format = CheckpointSignature.Recognise(source);
            if (format != CheckpointFormat.Safetensors)
            {
                TorchCheckpoint torch = TorchCheckpoint.Open(source, format, options);
                keep = true;
                return torch;
            }
        }
        finally
        {
            if (!keep)
            {
                source.Dispose();
            }
        }

        SafetensorsReader reader = openSafetensors();
        try
        {
            return new SafetensorsCheckpoint(reader, owns: true, options);
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    private static unsafe void ReadFloats(ElementCursor cursor, CheckpointEntry entry, float* destination)
    {
        int size = entry.Type.Size();
        long elements = entry.ElementCount;
        bool direct = entry.Type == ElementType.F32;
        byte[]? chunk = direct ? null : ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            for (long first = 0; first < elements;)
            {
                int count = (int)Math.Min(elements - first, direct ? 1 << 28 : ChunkBytes / size);
                if (direct)
                {
                    cursor.Read(new Span<byte>(destination + first, count * size));
                }
                else
                {
                    cursor.Read(chunk.AsSpan(0, count * size));
                    ElementConversion.ToFloats(entry.Type, chunk.AsSpan(0, count * size), new Span<float>(destination + first, count));
                }

                first += count;
            }
        }
        finally
        {
            if (chunk is not null)
            {
                ArrayPool<byte>.Shared.Return(chunk);
            }
        }
    }

    private long ArrayLength(CheckpointEntry entry) => entry.ElementCount <= Array.MaxLength
        ? entry.ElementCount
        : throw Bad($"has the tensor '{entry.Name}' with {entry.ElementCount} elements, more than an array can hold; read it into a tensor");
}
