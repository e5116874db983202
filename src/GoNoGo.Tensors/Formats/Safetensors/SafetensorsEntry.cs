namespace GoNoGo.Tensors.Formats.Safetensors;

/// <summary>One tensor in a safetensors file: where it lies and what it is. All ranges have been checked.</summary>
public sealed class SafetensorsEntry
{
    private readonly long[] _dimensions;

    internal SafetensorsEntry(string name, ElementType type, long[] dimensions, long offset, long byteLength)
    {
        Name = name;
        Type = type;
        _dimensions = dimensions;
        Offset = offset;
        ByteLength = byteLength;
    }

    /// <summary>The tensor's name.</summary>
    public string Name { get; }

    /// <summary>The type of its elements.</summary>
    public ElementType Type { get; }

    /// <summary>The dimensions, outermost first (any number of them; empty for a scalar).</summary>
    public ReadOnlySpan<long> Dimensions => _dimensions;

    /// <summary>The number of elements.</summary>
    public long ElementCount => ByteLength / Type.Size();

    /// <summary>The first byte, counted from the end of the header.</summary>
    public long Offset { get; }

    /// <summary>The number of bytes.</summary>
    public long ByteLength { get; }

    /// <summary>The dimensions as a shape of the engine.</summary>
    /// <exception cref="TensorFileException">More than five dimensions, or one beyond 2^31 - 1.</exception>
    public Shape Shape => ElementReader.ToShape(_dimensions, $"Tensor '{Name}'");
}
