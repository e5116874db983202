using GoNoGo.Tensors.Parallel;

namespace GoNoGo.Tensors.Kernels;

/// <summary>Picks elements along one dimension, each place by its own number.</summary>
public static unsafe class Gather
{
    /// <summary>destination[i, j, k] = source[i, index[i, j, k], k], with the chosen dimension in the middle.</summary>
    /// <param name="source"><c>[.., n, ..]</c> with n at <paramref name="axis"/>.</param>
    /// <param name="axis">The dimension, 0 .. rank - 1.</param>
    /// <param name="index">Positions 0 .. n - 1, row-major in the destination's shape.</param>
    /// <param name="destination">The source's shape, but for the length of the chosen dimension.</param>
    /// <exception cref="ArgumentException">Another destination shape, another number of positions, or one outside 0 .. n - 1.</exception>
    public static void Forward(Tensor source, int axis, ReadOnlySpan<int> index, Tensor destination)
    {
        Require(source.Shape, axis, index, destination.Shape);
        Run(source, destination, axis, index, isGradient: false);
    }

    /// <summary>gradSource[i, index[i, j, k], k] += gradDestination[i, j, k].</summary>
    /// <exception cref="ArgumentException">As for <see cref="Forward"/>.</exception>
    public static void Backward(Tensor gradDestination, int axis, ReadOnlySpan<int> index, Tensor gradSource)
    {
        Require(gradSource.Shape, axis, index, gradDestination.Shape);
        Run(gradSource, gradDestination, axis, index, isGradient: true);
    }

    private static void Run(Tensor whole, Tensor picked, int axis, ReadOnlySpan<int> index, bool isGradient)
    {
        fixed (int* positions = index)
        {
            Workers.For(checked((int)whole.Shape.Product(0, axis)), new Item
            {
                Whole = whole.Pointer,
                Picked = picked.Pointer,
                Index = positions,
                Count = picked.Shape[axis],
                Length = whole.Shape[axis],
                Inner = whole.Shape.Product(axis + 1, whole.Rank),
                IsGradient = isGradient,
            });
        }
    }

    private static void Require(Shape whole, int axis, ReadOnlySpan<int> index, Shape picked)
    {
        int length = whole[axis];
        if (picked.Rank != whole.Rank || picked.With(axis, length) != whole || index.Length != picked.ElementCount)
        {
            throw new ArgumentException($"Gather: {index.Length} positions into {picked} along dimension {axis} of {whole}; expected equal shapes elsewhere and one position for each element.", nameof(picked));
        }

        foreach (int position in index)
        {
            if ((uint)position >= (uint)length)
            {
                throw new ArgumentException($"Gather: position {position} is outside dimension {axis} of {whole}.", nameof(index));
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
        public bool IsGradient;

        public readonly void Invoke(int outer)
        {
            float* whole = Whole + (outer * Length * Inner);
            float* picked = Picked + (outer * Count * Inner);
            int* index = Index + (outer * Count * Inner);
            for (long j = 0; j < Count; j++)
            {
                for (long k = 0; k < Inner; k++)
                {
                    long at = (j * Inner) + k;
                    float* element = whole + (index[at] * Inner) + k;
                    if (IsGradient)
                    {
                        *element += picked[at];
                    }
                    else
                    {
                        picked[at] = *element;
                    }
                }
            }
        }
    }
}
