using GoNoGo.Tensors;

namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>Turns lists of axes into the marks and shapes of reductions.</summary>
internal static class ReducedAxes
{
    /// <summary>Bit i set: axis i is named.</summary>
    /// <exception cref="ArgumentException">An axis does not exist or is named twice.</exception>
    public static uint Mask(string operation, Shape shape, ReadOnlySpan<int> axes)
    {
        uint mask = 0;
        foreach (int axis in axes)
        {
            int index = axis < 0 ? axis + shape.Rank : axis;
            if ((uint)index >= (uint)shape.Rank || (mask >> index & 1) != 0)
            {
                throw new ArgumentException($"{operation}: axis {axis} does not exist in shape {shape} or is named twice.", nameof(axes));
            }

            mask |= 1u << index;
        }

        return mask;
    }

    /// <summary>All axes.</summary>
    public static uint All(Shape shape) => (1u << shape.Rank) - 1;

    /// <summary>The shape after the reduction: the reduced dimensions are 1, or left out.</summary>
    public static Shape Result(Shape shape, uint mask, bool keepDimensions)
    {
        Span<int> dimensions = stackalloc int[Shape.MaxRank];
        int rank = 0;
        for (int axis = 0; axis < shape.Rank; axis++)
        {
            bool reduced = (mask >> axis & 1) != 0;
            if (!reduced || keepDimensions)
            {
                dimensions[rank++] = reduced ? 1 : shape[axis];
            }
        }

        return new Shape(dimensions[..rank]);
    }

    /// <summary>How many elements make one result.</summary>
    public static long Count(Shape shape, uint mask)
    {
        long count = 1;
        for (int axis = 0; axis < shape.Rank; axis++)
        {
            count *= (mask >> axis & 1) != 0 ? shape[axis] : 1;
        }

        return count;
    }
}
