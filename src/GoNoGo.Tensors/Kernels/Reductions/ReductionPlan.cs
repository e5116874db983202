namespace GoNoGo.Tensors.Kernels.Reductions;

/// <summary>
/// How a tensor is walked to reduce some of its dimensions: neighbours of one kind are merged, and the innermost merged
/// dimension (a run in memory) is either reduced (rows) or kept (columns).
/// </summary>
internal unsafe struct ReductionPlan
{
    private fixed long _keptDimensions[Shape.MaxRank];
    private fixed long _keptStrides[Shape.MaxRank];
    private fixed long _reducedDimensions[Shape.MaxRank];
    private fixed long _reducedStrides[Shape.MaxRank];
    private int _keptRank;
    private int _reducedRank;

    /// <summary>A plan; bit i of the mask tells whether axis i is reduced.</summary>
    public ReductionPlan(Shape shape, uint mask)
    {
        Inner = 1;
        InnerIsReduced = false;
        KeptOuter = 1;
        ReducedOuter = 1;
        long stride = 1;
        bool hasInner = false;
        bool lastReduced = false;
        for (int axis = shape.Rank - 1; axis >= 0; axis--)
        {
            int dimension = shape[axis];
            if (dimension == 1)
            {
                continue;
            }

            bool reduced = (mask >> axis & 1) != 0;
            if (!hasInner || (reduced == lastReduced && _keptRank == 0 && _reducedRank == 0))
            {
                Inner *= dimension;
                InnerIsReduced = reduced;
                hasInner = true;
            }
            else if (reduced)
            {
                Push(ref _reducedDimensions[0], ref _reducedStrides[0], ref _reducedRank, dimension, stride, merge: lastReduced);
                ReducedOuter *= dimension;
            }
            else
            {
                Push(ref _keptDimensions[0], ref _keptStrides[0], ref _keptRank, dimension, stride, merge: !lastReduced);
                KeptOuter *= dimension;
            }

            lastReduced = reduced;
            stride *= dimension;
        }
    }

    /// <summary>Length of a run in memory.</summary>
    public long Inner { get; private set; }

    /// <summary>Whether runs are reduced (else kept).</summary>
    public bool InnerIsReduced { get; private set; }

    /// <summary>The number of kept positions, the run aside.</summary>
    public long KeptOuter { get; private set; }

    /// <summary>The number of reduced positions, the run aside.</summary>
    public long ReducedOuter { get; private set; }

    /// <summary>The number of results.</summary>
    public readonly long OutputCount => InnerIsReduced ? KeptOuter : KeptOuter * Inner;

    /// <summary>The number of elements that make one result.</summary>
    public readonly long ReducedCount => InnerIsReduced ? ReducedOuter * Inner : ReducedOuter;

    /// <summary>Where a kept position starts.</summary>
    public readonly long KeptOffset(long index)
    {
        long offset = 0;
        for (int i = 0; i < _keptRank; i++)
        {
            offset += index % _keptDimensions[i] * _keptStrides[i];
            index /= _keptDimensions[i];
        }

        return offset;
    }

    /// <summary>Where a reduced position starts, relative to the kept one.</summary>
    public readonly long ReducedOffset(long index)
    {
        long offset = 0;
        for (int i = 0; i < _reducedRank; i++)
        {
            offset += index % _reducedDimensions[i] * _reducedStrides[i];
            index /= _reducedDimensions[i];
        }

        return offset;
    }

    /// <summary>Adds a dimension, innermost first; joins it to the one before where both are neighbours of one kind.</summary>
    private static void Push(ref long dimensions, ref long strides, ref int rank, long dimension, long stride, bool merge)
    {
        if (merge && rank > 0)
        {
            System.Runtime.CompilerServices.Unsafe.Add(ref dimensions, rank - 1) *= dimension;
            return;
        }

        System.Runtime.CompilerServices.Unsafe.Add(ref dimensions, rank) = dimension;
        System.Runtime.CompilerServices.Unsafe.Add(ref strides, rank) = stride;
        rank++;
    }
}
