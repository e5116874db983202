using GoNoGo.Tensors.Parallel;

namespace GoNoGo.Tensors.Kernels;

/// <summary>Picks positions along one dimension by number: rows of a table, a permutation of channels.</summary>
public static unsafe class IndexSelect
{
    /// <summary>Innermost elements per parallel item of the gradient.</summary>
    private const int ItemElements = 1024;

    /// <summary>destination[.., j, ..] = source[.., index[j], ..].</summary>
    /// <param name="source"><c>[.., n, ..]</c> with n at <paramref name="axis"/>.</param>
    /// <param name="axis">The dimension, 0 .. rank - 1.</param>
    /// <param name="index">Positions 0 .. n - 1; any may repeat.</param>
    /// <param name="destination">The source's shape with index.Length in place of n.</param>
    /// <exception cref="ArgumentException">Another destination shape, or a position outside 0 .. n - 1.</exception>
    public static void Forward(Tensor source, int axis, ReadOnlySpan<int> index, Tensor destination)
    {
        Require(source.Shape, axis, index, destination.Shape);
        Run(source, destination, axis, index, isGradient: false);
    }

    /// <summary>gradSource[.., index[j], ..] += gradDestination[.., j, ..]; positions that repeat add up, in the order of j.</summary>
    /// <exception cref="ArgumentException">As for <see cref="Forward"/>.</exception>
    public static void Backward(Tensor gradDestination, int axis, ReadOnlySpan<int> index, Tensor gradSource)
    {
        Require(gradSource.Shape, axis, index, gradDestination.Shape);
        Run(gradSource, gradDestination, axis, index, isGradient: true);
    }

    private static void Run(Tensor whole, Tensor picked, int axis, ReadOnlySpan<int> index, bool isGradient)
    {
        int rank = whole.Rank;
        long inner = whole.Shape.Product(axis + 1, rank);
        int outer = checked((int)whole.Shape.Product(0, axis));
        int chunks = (int)((inner + ItemElements - 1) / ItemElements);
        fixed (int* positions = index)
        {
            Workers.For(outer * chunks, new Item
            {
                Whole = whole.Pointer,
                Picked = picked.Pointer,
                Index = positions,
                Count = index.Length,
                Length = whole.Shape[axis],
                Inner = inner,
                Chunks = chunks,
                IsGradient = isGradient,
            });
        }
    }

    private static void Require(Shape whole, int axis, ReadOnlySpan<int> index, Shape picked)
    {
        int length = whole[axis];
        if (picked != whole.With(axis, index.Length))
        {
            throw new ArgumentException($"IndexSelect: {index.Length} positions along dimension {axis} of {whole} expected {whole.With(axis, index.Length)}, got {picked}.", nameof(picked));
        }

        foreach (int position in index)
        {
            if ((uint)position >= (uint)length)
            {
                throw new ArgumentException($"IndexSelect: position {position} is outside dimension {axis} of {whole}.", nameof(index));
            }
        }
    }

    private struct Item : IParallelBody
    {
        public float* Whole;
        public float* Picked;
        public int* Index;
        public int Count;
        public int Length;
        public long Inner;
        public int Chunks;
        public bool IsGradient;

        public readonly void Invoke(int index)
        {
            int outer = index / Chunks;
            long start = (long)(index % Chunks) * ItemElements;
            int width = (int)Math.Min(ItemElements, Inner - start);
            float* whole = Whole + ((long)outer * Length * Inner) + start;
            float* picked = Picked + ((long)outer * Count * Inner) + start;
            for (int j = 0; j < Count; j++)
            {
                float* wide = whole + (Index[j] * Inner);
                float* narrow = picked + (j * Inner);
                if (IsGradient)
                {
                    for (int i = 0; i < width; i++)
                    {
                        wide[i] += narrow[i];
                    }
                }
                else
                {
                    new ReadOnlySpan<float>(wide, width).CopyTo(new Span<float>(narrow, width));
                }
            }
        }
    }
}
