namespace GoNoGo.Tensors.Kernels;

/// <summary>
/// A box of indices with two sets of strides, simplified: dimensions of length 1 dropped, neighbours that lie together
/// on both sides merged, and the dimension along which the source is contiguous put next to the innermost one.
/// </summary>
internal struct Box
{
    public int Rows;
    public int Columns;
    public long SourceRow;
    public long SourceColumn;
    public long DestinationRow;
    public long DestinationColumn;
    public int OuterCount;
    private int _length0;
    private int _length1;
    private int _length2;
    private long _source0;
    private long _source1;
    private long _source2;
    private long _destination0;
    private long _destination1;
    private long _destination2;

    /// <summary>Whether items that differ in the outer dimensions only may meet in one destination element.</summary>
    public readonly bool SumsAcrossOuter =>
        (_length0 > 1 && _destination0 == 0) || (_length1 > 1 && _destination1 == 0) || (_length2 > 1 && _destination2 == 0);

    public static Box Simplify(Shape extent, in Strides source, in Strides destination)
    {
        Span<long> lengths = stackalloc long[Shape.MaxRank];
        Span<long> from = stackalloc long[Shape.MaxRank];
        Span<long> to = stackalloc long[Shape.MaxRank];
        int rank = 0;
        for (int axis = 0; axis < extent.Rank; axis++)
        {
            long length = extent[axis];
            if (length == 1)
            {
                continue;
            }

            if (rank > 0 && from[rank - 1] == source[axis] * length && to[rank - 1] == destination[axis] * length && lengths[rank - 1] * length <= int.MaxValue)
            {
                lengths[rank - 1] *= length;
                from[rank - 1] = source[axis];
                to[rank - 1] = destination[axis];
            }
            else
            {
                lengths[rank] = length;
                from[rank] = source[axis];
                to[rank] = destination[axis];
                rank++;
            }
        }

        // Right-align in five slots; the missing outer ones have length 1.
        Span<long> slotLengths = [1, 1, 1, 1, 1];
        Span<long> slotFrom = stackalloc long[Shape.MaxRank];
        Span<long> slotTo = stackalloc long[Shape.MaxRank];
        for (int i = 0; i < rank; i++)
        {
            int slot = Shape.MaxRank - rank + i;
            (slotLengths[slot], slotFrom[slot], slotTo[slot]) = (lengths[i], from[i], to[i]);
        }

        for (int slot = 0; slot < 3; slot++)
        {
            if (slotFrom[4] != 1 && slotFrom[3] != 1 && slotFrom[slot] == 1 && slotLengths[slot] > 1)
            {
                (slotLengths[slot], slotLengths[3]) = (slotLengths[3], slotLengths[slot]);
                (slotFrom[slot], slotFrom[3]) = (slotFrom[3], slotFrom[slot]);
                (slotTo[slot], slotTo[3]) = (slotTo[3], slotTo[slot]);
            }
        }

        return new Box
        {
            _length0 = (int)slotLengths[0],
            _length1 = (int)slotLengths[1],
            _length2 = (int)slotLengths[2],
            Rows = (int)slotLengths[3],
            Columns = (int)slotLengths[4],
            _source0 = slotFrom[0],
            _source1 = slotFrom[1],
            _source2 = slotFrom[2],
            SourceRow = slotFrom[3],
            SourceColumn = slotFrom[4],
            _destination0 = slotTo[0],
            _destination1 = slotTo[1],
            _destination2 = slotTo[2],
            DestinationRow = slotTo[3],
            DestinationColumn = slotTo[4],
            OuterCount = checked((int)(slotLengths[0] * slotLengths[1] * slotLengths[2])),
        };
    }

    public readonly (long Source, long Destination) OuterOffsets(int outer)
    {
        int index2 = outer % _length2;
        int rest = outer / _length2;
        int index1 = rest % _length1;
        int index0 = rest / _length1;
        return ((index0 * _source0) + (index1 * _source1) + (index2 * _source2), (index0 * _destination0) + (index1 * _destination1) + (index2 * _destination2));
    }
}
