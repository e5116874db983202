using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;

namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>Part of a dimension: start, start + step, ... below stop. Negative start or stop count from the end.</summary>
/// <param name="Start">First index.</param>
/// <param name="Stop">First index that is left out; beyond the end means up to the end.</param>
/// <param name="Step">Distance of the indices, at least 1.</param>
public readonly record struct AxisRange(int Start, int Stop, int Step = 1)
{
    /// <summary>The whole dimension.</summary>
    public static AxisRange All => new(0, int.MaxValue);

    /// <summary>Everything from an index on.</summary>
    public static AxisRange From(int start) => new(start, int.MaxValue);
}

/// <summary>A regular sub-box of a tensor.</summary>
public static class SliceOperator
{
    /// <summary>Takes <paramref name="ranges"/>[i] of dimension i; dimensions without a range are taken whole.</summary>
    /// <exception cref="ArgumentException">More ranges than dimensions, a step below 1, or a start outside its dimension.</exception>
    public static Variable Slice(this Variable x, params ReadOnlySpan<AxisRange> ranges)
    {
        Tape tape = x.Tape;
        Shape shape = x.Shape;
        if (ranges.Length > shape.Rank)
        {
            throw new ArgumentException($"Slice: {ranges.Length} ranges for x {shape}, expected at most {shape.Rank}.", nameof(ranges));
        }

        Strides strides = Strides.RowMajor(shape);
        Shape target = shape;
        long offset = 0;
        for (int axis = 0; axis < ranges.Length; axis++)
        {
            (int start, int count) = Resolve(ranges[axis], shape, axis);
            offset += start * strides[axis];
            strides[axis] *= ranges[axis].Step;
            target = target.With(axis, count);
        }

        Tensor y = tape.New(target);
        StridedCopy.Run(x.Value, offset, strides, target, 0, Strides.RowMajor(target), add: false, y);
        if (!tape.Tracks(x))
        {
            return tape.Constant(y);
        }

        Node node = tape.Rent<Node>();
        node.X = x;
        node.Offset = offset;
        node.Strides = strides;
        return tape.Emit(y, node);
    }

    /// <summary>Takes <c>[start, stop)</c> with a step of one dimension; a negative axis counts from the end.</summary>
    public static Variable Slice(this Variable x, int axis, int start, int stop, int step = 1)
    {
        Span<AxisRange> ranges = stackalloc AxisRange[Shape.MaxRank];
        ranges.Fill(AxisRange.All);
        int index = axis < 0 ? axis + x.Shape.Rank : axis;
        _ = x.Shape[index];
        ranges[index] = new AxisRange(start, stop, step);
        return x.Slice(ranges[..x.Shape.Rank]);
    }

    private static (int Start, int Count) Resolve(AxisRange range, Shape shape, int axis)
    {
        int length = shape[axis];
        int start = range.Start < 0 ? range.Start + length : range.Start;
        int stop = Math.Min(range.Stop < 0 ? range.Stop + length : range.Stop, length);
        if (range.Step < 1 || start < 0 || start > length)
        {
            throw new ArgumentException($"Slice: range {range.Start}:{range.Stop}:{range.Step} does not fit dimension {axis} of x {shape}.", nameof(range));
        }

        return (start, stop <= start ? 0 : (stop - start + range.Step - 1) / range.Step);
    }

    private sealed class Node : TapeNode
    {
        public Variable X { get; set; }

        public long Offset { get; set; }

        public Strides Strides { get; set; }

        public override void Backward(Tape tape, Tensor gradient) =>
            StridedCopy.Run(gradient, 0, GoNoGo.Tensors.Strides.RowMajor(gradient.Shape), gradient.Shape, Offset, Strides, add: true, tape.Accumulate(X));
    }
}
