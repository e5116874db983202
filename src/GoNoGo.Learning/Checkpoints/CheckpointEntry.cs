using GoNoGo.Tensors;
using GoNoGo.Tensors.Formats;

namespace GoNoGo.Learning.Checkpoints;

/// <summary>One tensor of a checkpoint; its data has been checked to lie inside the file.</summary>
public sealed class CheckpointEntry
{
    private readonly long[] _dimensions;

    internal CheckpointEntry(string name, string storedName, ElementType type, ReadOnlySpan<long> dimensions)
    {
        Name = name;
        StoredName = storedName;
        Type = type;
        _dimensions = dimensions.ToArray();
        ElementCount = ElementReader.ByteLength(_dimensions, type) / type.Size();
    }

    /// <summary>The tensor's name, without the prefixes of wrappers.</summary>
    public string Name { get; }

    /// <summary>The tensor's name as the file has it.</summary>
    public string StoredName { get; }

    /// <summary>The type of its elements in the file.</summary>
    public ElementType Type { get; }

    /// <summary>The dimensions, outermost first (empty for a scalar).</summary>
    public ReadOnlySpan<long> Dimensions => _dimensions;

    /// <summary>The number of elements.</summary>
    public long ElementCount { get; }

    /// <summary>The dimensions as a shape of the engine.</summary>
    /// <exception cref="TensorFileException">More than five dimensions, or one beyond 2^31 - 1.</exception>
    public Shape Shape => ElementReader.ToShape(_dimensions, $"Tensor '{Name}'");

    /// <summary>Whether the dimensions are those of a shape.</summary>
    public bool HasShape(Shape shape)
    {
        bool same = shape.Rank == _dimensions.Length;
        for (int axis = 0; same && axis < _dimensions.Length; axis++)
        {
            same = _dimensions[axis] == shape[axis];
        }

        return same;
    }

    /// <summary>The dimensions as <c>[2, 3]</c>.</summary>
    public string DimensionText => $"[{string.Join(", ", _dimensions)}]";
}
