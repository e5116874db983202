using System.Runtime.CompilerServices;

namespace GoNoGo.Tensors;

/// <summary>
/// How far apart, in elements, neighbours along each dimension lie: what a permuted, sliced or repeated reading of a
/// tensor is described by. A value type, so that describing one never allocates. A stride may be zero or negative.
/// </summary>
[InlineArray(Shape.MaxRank)]
public struct Strides
{
    private long _first;

    /// <summary>The strides of a dense row-major tensor of the given shape.</summary>
    public static Strides RowMajor(Shape shape)
    {
        Strides strides = default;
        long step = 1;
        for (int axis = shape.Rank - 1; axis >= 0; axis--)
        {
            strides[axis] = step;
            step *= shape[axis];
        }

        return strides;
    }
}
