namespace GoNoGo.Tensors.Kernels.Elementwise;

/// <summary>
/// How up to three sources are walked over their common broadcast shape: dimensions that are walked alike are merged
/// first, so that equal shapes become one run, a bias a run per row and a channel factor a run per channel.
/// </summary>
internal unsafe struct BroadcastPlan
{
    private const int MaxRank = Shape.MaxRank;

    private fixed long _dimensions[MaxRank];
    private fixed long _first[MaxRank];
    private fixed long _second[MaxRank];
    private fixed long _third[MaxRank];
    private int _rank;
    private long _inner;
    private long _rows;
    private int _segments;
    private long _rowsPerItem;

    /// <summary>The number of elements of the broadcast shape.</summary>
    public readonly long ElementCount => _rows * _inner;

    /// <summary>The number of work items; depends on the shapes only.</summary>
    public readonly int ItemCount =>
        _inner == 0 || _rows == 0 ? 0 : checked((int)(_segments > 1 ? _rows * _segments : (_rows + _rowsPerItem - 1) / _rowsPerItem));

    /// <summary>Whether the first source stands still along a run.</summary>
    public readonly bool FirstRepeats => _first[_rank - 1] == 0;

    /// <summary>Whether the second source stands still along a run.</summary>
    public readonly bool SecondRepeats => _second[_rank - 1] == 0;

    /// <summary>Whether the third source stands still along a run.</summary>
    public readonly bool ThirdRepeats => _third[_rank - 1] == 0;

    /// <summary>A plan for three sources (a missing one: a scalar shape).</summary>
    /// <exception cref="ArgumentException">The shapes cannot be broadcast.</exception>
    public static BroadcastPlan Of(string operation, Shape first, Shape second, Shape third)
    {
        Shape output = ElementwiseKernel.BroadcastShape(operation, ElementwiseKernel.BroadcastShape(operation, first, second), third);
        var plan = default(BroadcastPlan);
        int rank = 0;
        for (int axis = 0; axis < output.Rank; axis++)
        {
            int dimension = output[axis];
            if (dimension == 1)
            {
                continue;
            }

            int fromEnd = output.Rank - axis;
            long a = Moves(first, fromEnd);
            long b = Moves(second, fromEnd);
            long c = Moves(third, fromEnd);
            if (rank > 0 && plan._first[rank - 1] == a && plan._second[rank - 1] == b && plan._third[rank - 1] == c)
            {
                plan._dimensions[rank - 1] *= dimension;
                continue;
            }

            plan._dimensions[rank] = dimension;
            plan._first[rank] = a;
            plan._second[rank] = b;
            plan._third[rank] = c;
            rank++;
        }

        if (rank == 0)
        {
            plan._dimensions[0] = 1;
            rank = 1;
        }

        plan._rank = rank;
        plan.MakeStrides();
        return plan;
    }

    /// <summary>Offsets of the sources and the destination where a row starts.</summary>
    public readonly void Locate(long row, out long first, out long second, out long third, out long output)
    {
        first = second = third = 0;
        output = row * _inner;
        for (int axis = _rank - 2; axis >= 0; axis--)
        {
            long index = row % _dimensions[axis];
            row /= _dimensions[axis];
            first += index * _first[axis];
            second += index * _second[axis];
            third += index * _third[axis];
        }
    }

    /// <summary>The rows of an item, and the part of each row.</summary>
    public readonly void Range(int item, out long row, out long endRow, out long start, out int length)
    {
        if (_segments > 1)
        {
            row = item / _segments;
            endRow = row + 1;
            start = (long)(item % _segments) * VectorLoop.ChunkElements;
            length = (int)Math.Min(VectorLoop.ChunkElements, _inner - start);
            return;
        }

        row = item * _rowsPerItem;
        endRow = Math.Min(row + _rowsPerItem, _rows);
        start = 0;
        length = (int)_inner;
    }

    private static long Moves(Shape shape, int fromEnd) => fromEnd <= shape.Rank && shape[-fromEnd] != 1 ? 1 : 0;

    /// <summary>Turns the marks "moves or not" into strides, and decides how rows become items.</summary>
    private void MakeStrides()
    {
        long first = 1, second = 1, third = 1;
        for (int axis = _rank - 1; axis >= 0; axis--)
        {
            (_first[axis], first) = _first[axis] == 0 ? (0, first) : (first, first * _dimensions[axis]);
            (_second[axis], second) = _second[axis] == 0 ? (0, second) : (second, second * _dimensions[axis]);
            (_third[axis], third) = _third[axis] == 0 ? (0, third) : (third, third * _dimensions[axis]);
        }

        _inner = _dimensions[_rank - 1];
        _rows = 1;
        for (int axis = 0; axis < _rank - 1; axis++)
        {
            _rows *= _dimensions[axis];
        }

        _segments = VectorLoop.ChunkCount(_inner);
        _rowsPerItem = Math.Max(1, VectorLoop.ChunkElements / Math.Max(_inner, 1));
    }
}

/// <summary>Walks the runs of one work item of a <see cref="BroadcastPlan"/>.</summary>
internal struct BroadcastRuns
{
    private readonly long _endRow;
    private readonly long _start;
    private long _row;

    public BroadcastRuns(in BroadcastPlan plan, int item)
    {
        plan.Range(item, out _row, out _endRow, out _start, out int length);
        Length = length;
    }

    public int Length { get; }

    public long First { get; private set; }

    public long Second { get; private set; }

    public long Third { get; private set; }

    public long Output { get; private set; }

    public bool Next(in BroadcastPlan plan)
    {
        if (_row >= _endRow)
        {
            return false;
        }

        plan.Locate(_row, out long first, out long second, out long third, out long output);
        First = first + (plan.FirstRepeats ? 0 : _start);
        Second = second + (plan.SecondRepeats ? 0 : _start);
        Third = third + (plan.ThirdRepeats ? 0 : _start);
        Output = output + _start;
        _row++;
        return true;
    }
}
