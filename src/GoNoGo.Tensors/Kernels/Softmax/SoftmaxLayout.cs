namespace GoNoGo.Tensors.Kernels.Softmax;

/// <summary>
/// A tensor seen as [outer, length, inner] around one axis, cut into work items: rows where the axis is innermost,
/// else columns one vector wide.
/// </summary>
internal struct SoftmaxLayout
{
    private readonly long _unitsPerOuter;
    private readonly long _units;
    private readonly long _unitsPerItem;

    /// <summary>The layout around an axis; <paramref name="vectorLanes"/> columns make a unit.</summary>
    public SoftmaxLayout(string operation, Shape shape, int axis, int vectorLanes)
    {
        int index = axis < 0 ? axis + shape.Rank : axis;
        if ((uint)index >= (uint)shape.Rank)
        {
            throw new ArgumentException($"{operation}: shape {shape} has no axis {axis}.", nameof(axis));
        }

        Outer = shape.Product(0, index);
        Length = shape[index];
        Inner = shape.Product(index + 1, shape.Rank);
        Lanes = Inner == 1 ? 1 : vectorLanes;
        _unitsPerOuter = (Inner + Lanes - 1) / Lanes;
        _units = Length == 0 ? 0 : Outer * _unitsPerOuter;
        _unitsPerItem = Math.Max(1, VectorLoop.ChunkElements / Math.Max(1L, (long)Length * Lanes));
    }

    /// <summary>Positions before the axis.</summary>
    public long Outer { get; }

    /// <summary>The axis itself.</summary>
    public int Length { get; }

    /// <summary>Positions after the axis; also the distance of neighbours along it.</summary>
    public long Inner { get; }

    /// <summary>Columns of a unit.</summary>
    public int Lanes { get; }

    /// <summary>The number of work items.</summary>
    public readonly int ItemCount => checked((int)((_units + _unitsPerItem - 1) / _unitsPerItem));

    /// <summary>The units of an item.</summary>
    public readonly (long Start, long End) Units(int item) => (item * _unitsPerItem, Math.Min((item + 1) * _unitsPerItem, _units));

    /// <summary>Where a unit starts in the tensor, where in a tensor without the axis, and how many columns it has.</summary>
    public readonly void Locate(long unit, out long offset, out long reduced, out int columns)
    {
        long outer = unit / _unitsPerOuter;
        long inner = unit % _unitsPerOuter * Lanes;
        offset = (outer * Length * Inner) + inner;
        reduced = (outer * Inner) + inner;
        columns = (int)Math.Min(Lanes, Inner - inner);
    }
}
