using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Parallel;

namespace GoNoGo.Tensors.Kernels;

/// <summary>What stands outside the edge.</summary>
public enum PadMode
{
    /// <summary>A given value.</summary>
    Constant,

    /// <summary>The picture mirrored at the edge element, which is not repeated: d c b | a b c d | c b a.</summary>
    Reflect,

    /// <summary>The edge element: a a a | a b c d | d d d.</summary>
    Replicate,
}

/// <summary>How many elements are added before and after each dimension; negative widths cut off.</summary>
public struct PadWidths
{
    private Amounts _before;
    private Amounts _after;

    /// <summary>Widths in the order last dimension before, after, then the dimension in front of it, and so on.</summary>
    /// <exception cref="ArgumentException">An odd number of widths or more than the rank has.</exception>
    public static PadWidths FromLast(int rank, params ReadOnlySpan<int> widths)
    {
        if (widths.Length % 2 != 0 || widths.Length > 2 * rank)
        {
            throw new ArgumentException($"Pad: {widths.Length} widths for {rank} dimensions, expected an even number up to {2 * rank}.", nameof(widths));
        }

        PadWidths result = default;
        for (int i = 0; i < widths.Length / 2; i++)
        {
            result._before[rank - 1 - i] = widths[2 * i];
            result._after[rank - 1 - i] = widths[(2 * i) + 1];
        }

        return result;
    }

    /// <summary>Elements added in front of a dimension.</summary>
    public readonly int Before(int axis) => _before[axis];

    /// <summary>Elements added behind a dimension.</summary>
    public readonly int After(int axis) => _after[axis];

    /// <summary>The shape after padding.</summary>
    /// <exception cref="ArgumentException">More is cut off than there is.</exception>
    public readonly Shape Apply(Shape shape)
    {
        Shape result = shape;
        for (int axis = 0; axis < shape.Rank; axis++)
        {
            int length = shape[axis] + _before[axis] + _after[axis];
            if (length < 0)
            {
                throw new ArgumentException($"Pad: widths {_before[axis]} and {_after[axis]} cut more than dimension {axis} of {shape} has.");
            }

            result = result.With(axis, length);
        }

        return result;
    }

    [InlineArray(Shape.MaxRank)]
    private struct Amounts
    {
        private int _first;
    }
}

/// <summary>Adds a margin to a tensor, or cuts one off.</summary>
public static unsafe class Pad
{
    /// <summary>Fills the destination, which has the padded shape.</summary>
    /// <exception cref="ArgumentException">The destination has another shape, or a reflection reaches beyond the far edge.</exception>
    public static void Forward(Tensor source, in PadWidths widths, PadMode mode, float value, Tensor destination)
    {
        Require(source.Shape, widths, mode, destination.Shape);
        Run(source, destination, widths, mode, value, isGradient: false);
    }

    /// <summary>Adds the gradient of the padded tensor to that of the source; what came from outside by mirroring flows back to where it came from.</summary>
    /// <exception cref="ArgumentException">As for <see cref="Forward"/>.</exception>
    public static void Backward(Tensor gradDestination, in PadWidths widths, PadMode mode, Tensor gradSource)
    {
        Require(gradSource.Shape, widths, mode, gradDestination.Shape);
        Run(gradSource, gradDestination, widths, mode, 0f, isGradient: true);
    }

    private static void Require(Shape inner, in PadWidths widths, PadMode mode, Shape padded)
    {
        if (padded != widths.Apply(inner))
        {
            throw new ArgumentException($"Pad: {inner} becomes {widths.Apply(inner)}, got {padded}.", nameof(padded));
        }

        for (int axis = 0; axis < inner.Rank; axis++)
        {
            int widest = Math.Max(widths.Before(axis), widths.After(axis));
            if (widest > 0 && ((mode == PadMode.Reflect && widest >= inner[axis]) || (mode == PadMode.Replicate && inner[axis] == 0)))
            {
                throw new ArgumentException($"Pad: a margin of {widest} by {mode} is wider than dimension {axis} of {inner} allows.", nameof(widths));
            }
        }
    }

    private static void Run(Tensor inner, Tensor padded, in PadWidths widths, PadMode mode, float value, bool isGradient)
    {
        if (padded.ElementCount == 0)
        {
            return;
        }

        // Leading dimensions without a margin are independent: they are the parallel items.
        int free = 0;
        int items = 1;
        while (free < inner.Rank - 1 && widths.Before(free) == 0 && widths.After(free) == 0)
        {
            items = checked(items * inner.Shape[free++]);
        }

        Workers.For(items, new Item
        {
            Inner = inner.Pointer,
            Padded = padded.Pointer,
            InnerShape = inner.Shape,
            PaddedShape = padded.Shape,
            InnerStrides = Strides.RowMajor(inner.Shape),
            Widths = widths,
            Mode = mode,
            Value = value,
            IsGradient = isGradient,
            FirstAxis = free,
        });
    }

    private struct Item : IParallelBody
    {
        public float* Inner;
        public float* Padded;
        public Shape InnerShape;
        public Shape PaddedShape;
        public Strides InnerStrides;
        public PadWidths Widths;
        public PadMode Mode;
        public float Value;
        public bool IsGradient;
        public int FirstAxis;

        public readonly void Invoke(int index)
        {
            int rank = PaddedShape.Rank;
            int columns = PaddedShape[rank - 1];
            long rows = PaddedShape.Product(FirstAxis, rank - 1);
            float* inner = Inner + (index * InnerShape.Product(FirstAxis, rank));
            float* padded = Padded + (index * PaddedShape.Product(FirstAxis, rank));
            for (long row = 0; row < rows; row++)
            {
                long rest = row;
                long offset = 0;
                bool isOutside = false;
                for (int axis = rank - 2; axis >= FirstAxis; axis--)
                {
                    int position = Source((int)(rest % PaddedShape[axis]), axis);
                    rest /= PaddedShape[axis];
                    isOutside |= position < 0;
                    offset += position * InnerStrides[axis];
                }

                Row(isOutside ? null : inner + offset, padded + (row * columns), columns, rank - 1);
            }
        }

        private readonly void Row(float* inner, float* padded, int columns, int axis)
        {
            for (int column = 0; column < columns; column++)
            {
                int position = inner is null ? -1 : Source(column, axis);
                if (!IsGradient)
                {
                    padded[column] = position < 0 ? Value : inner[position];
                }
                else if (position >= 0)
                {
                    inner[position] += padded[column];
                }
            }
        }

        /// <summary>Where an element of the padded dimension comes from; -1 = from outside.</summary>
        private readonly int Source(int position, int axis)
        {
            int length = InnerShape[axis];
            int at = position - Widths.Before(axis);
            if ((uint)at < (uint)length)
            {
                return at;
            }

            return Mode switch
            {
                PadMode.Reflect => at < 0 ? -at : (2 * (length - 1)) - at,
                PadMode.Replicate => at < 0 ? 0 : length - 1,
                _ => -1,
            };
        }
    }
}
