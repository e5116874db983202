namespace GoNoGo.Learning.Graphs.Onnx.Evaluation;

/// <summary>Operators that move values without computing.</summary>
internal static class OnnxLayout
{
    /// <summary>The same values in another shape: 0 keeps a dimension, -1 is what is left.</summary>
    public static OnnxValue Reshape(OnnxValue x, OnnxValue wanted)
    {
        int[] shape = [.. wanted.Integers.Select((dimension, i) => dimension == 0 ? x.Shape[i] : checked((int)dimension))];
        int open = Array.IndexOf(shape, -1);
        int count = OnnxValue.Count(x.Shape);
        if (open >= 0)
        {
            shape[open] = 1;
            shape[open] = count / OnnxValue.Count(shape);
        }

        return OnnxValue.Count(shape) == count ? x.As(shape) : throw new ArgumentException($"{count} values for [{string.Join(", ", shape)}]");
    }

    /// <summary>Dimensions in another order.</summary>
    public static OnnxValue Transpose(OnnxValue x, int[] order)
    {
        int[] steps = Strides(x.Shape);
        return Pick(x, Array.ConvertAll(order, i => x.Shape[i]), 0, Array.ConvertAll(order, i => steps[i]));
    }

    /// <summary>Entries of one dimension by number; an index of rank 1 keeps the dimension.</summary>
    public static OnnxValue Gather(OnnxValue x, OnnxValue index, int axis)
    {
        axis = axis < 0 ? axis + x.Shape.Length : axis;
        (int outer, int length, int inner) = Around(x.Shape, axis);
        OnnxValue y = OnnxValue.New([.. x.Shape[..axis], .. index.Shape, .. x.Shape[(axis + 1)..]]);
        int at = 0;
        for (int i = 0; i < outer; i++)
        {
            foreach (long number in index.Integers)
            {
                if (number < 0 || number >= length)
                {
                    throw new ArgumentException($"entry {number} of {length}");
                }

                x.Numbers.AsSpan(((i * length) + (int)number) * inner, inner).CopyTo(y.Numbers.AsSpan(at));
                at += inner;
            }
        }

        return y;
    }

    /// <summary>Of each item of the first dimension the row of its own number: <c>[B, N, ..]</c> and <c>[B, 1]</c> to <c>[B, ..]</c>.</summary>
    public static OnnxValue GatherOfEach(OnnxNode node, OnnxValue x, OnnxValue index)
    {
        if (node.Integer("batch_dims", 0) != 1 || index.Shape.Length != 2 || index.Shape[1] != 1 || index.Shape[0] != x.Shape[0])
        {
            throw new ArgumentException("other than one number for each item");
        }

        int[] shape = [x.Shape[0], .. x.Shape[2..]];
        int run = OnnxValue.Count(x.Shape.AsSpan(2));
        OnnxValue y = OnnxValue.New(shape);
        for (int item = 0; item < shape[0]; item++)
        {
            long number = index.Integers[item];
            if (number < 0 || number >= x.Shape[1])
            {
                throw new ArgumentException($"entry {number} of {x.Shape[1]}");
            }

            x.Numbers.AsSpan(((item * x.Shape[1]) + (int)number) * run, run).CopyTo(y.Numbers.AsSpan(item * run));
        }

        return y;
    }

    /// <summary>Parts of one dimension.</summary>
    public static OnnxValue[] Split(OnnxValue x, OnnxValue widths, int axis)
    {
        axis = axis < 0 ? axis + x.Shape.Length : axis;
        int first = 0;
        return [.. widths.Integers.Select(width =>
        {
            OnnxValue part = Range(x, axis, first, (int)width);
            first += (int)width;
            return part;
        })];
    }

    /// <summary>A range of one dimension: inputs x, start, end, and the dimension (default: the first).</summary>
    public static OnnxValue Slice(OnnxValue[] inputs)
    {
        (long start, long end) = (inputs[1].Integers.Single(), inputs[2].Integers.Single());
        int axis = inputs.Length > 3 ? (int)inputs[3].Integers.Single() : 0;
        axis = axis < 0 ? axis + inputs[0].Shape.Length : axis;
        if (inputs[0].Integers.Length > 0)
        {
            long[] part = inputs[0].Integers[(int)start..(int)end];
            return new OnnxValue([part.Length], part);
        }

        return Range(inputs[0], axis, (int)start, (int)(end - start));
    }

    /// <summary>Without one dimension of 1.</summary>
    public static OnnxValue Squeeze(OnnxValue x, OnnxValue axes)
    {
        int axis = (int)axes.Integers.Single();
        axis = axis < 0 ? axis + x.Shape.Length : axis;
        return x.Shape[axis] == 1 ? x.As([.. x.Shape[..axis], .. x.Shape[(axis + 1)..]]) : throw new ArgumentException($"dimension {axis} is {x.Shape[axis]}");
    }

    /// <summary>One after the other along a dimension.</summary>
    public static OnnxValue Concat(OnnxValue[] parts, int axis)
    {
        axis = axis < 0 ? axis + parts[0].Shape.Length : axis;
        if (parts[0].Integers.Length > 0)
        {
            long[] all = [.. parts.SelectMany(part => part.Integers)];
            return new OnnxValue([all.Length], all);
        }

        int[] shape = [.. parts[0].Shape];
        shape[axis] = parts.Sum(part => part.Shape[axis]);
        OnnxValue y = OnnxValue.New(shape);
        (int outer, int length, int inner) = Around(shape, axis);
        int first = 0;
        foreach (OnnxValue part in parts)
        {
            int run = part.Shape[axis] * inner;
            for (int i = 0; i < outer; i++)
            {
                part.Numbers.AsSpan(i * run, run).CopyTo(y.Numbers.AsSpan((i * length * inner) + (first * inner)));
            }

            first += part.Shape[axis];
        }

        return y;
    }

    /// <summary>Dimensions of 1 repeated to a shape.</summary>
    public static OnnxValue Expand(OnnxValue x, OnnxValue wanted)
    {
        int[] shape = OnnxElementwise.Broadcast(x.Shape, [.. wanted.Integers.Select(dimension => checked((int)dimension))]);
        return Pick(x, shape, 0, OnnxElementwise.Steps(x.Shape, shape));
    }

    /// <summary>Zeros around: for each dimension how many before, then for each how many behind.</summary>
    public static OnnxValue Pad(OnnxValue x, OnnxValue pads)
    {
        int rank = x.Shape.Length;
        int[] shape = [.. x.Shape.Select((dimension, i) => checked(dimension + (int)(pads.Integers[i] + pads.Integers[rank + i])))];
        OnnxValue y = OnnxValue.New(shape);
        int[] strides = Strides(shape);
        var index = new int[rank];
        for (int i = 0; i < x.Numbers.Length; i++)
        {
            int place = 0;
            for (int d = 0; d < rank; d++)
            {
                place += (index[d] + (int)pads.Integers[d]) * strides[d];
            }

            y.Numbers[place] = x.Numbers[i];
            Advance(index, x.Shape);
        }

        return y;
    }

    private static OnnxValue Range(OnnxValue x, int axis, int first, int count)
    {
        int[] shape = [.. x.Shape];
        shape[axis] = count;
        int[] strides = Strides(x.Shape);
        return first >= 0 && count >= 0 && first + count <= x.Shape[axis]
            ? Pick(x, shape, first * strides[axis], strides)
            : throw new ArgumentException($"entries {first} to {first + count} of {x.Shape[axis]}");
    }

    private static OnnxValue Pick(OnnxValue x, int[] shape, int start, int[] steps)
    {
        OnnxValue y = OnnxValue.New(shape);
        var index = new int[shape.Length];
        for (int i = 0; i < y.Numbers.Length; i++)
        {
            int place = start;
            for (int d = 0; d < shape.Length; d++)
            {
                place += index[d] * steps[d];
            }

            y.Numbers[i] = x.Numbers[place];
            Advance(index, shape);
        }

        return y;
    }

    private static void Advance(int[] index, int[] shape)
    {
        for (int d = shape.Length - 1; d >= 0 && ++index[d] == shape[d]; d--)
        {
            index[d] = 0;
        }
    }

    private static (int Outer, int Length, int Inner) Around(int[] shape, int axis) =>
        (OnnxValue.Count(shape.AsSpan(0, axis)), shape[axis], OnnxValue.Count(shape.AsSpan(axis + 1)));

    private static int[] Strides(int[] shape)
    {
        var strides = new int[shape.Length];
        int step = 1;
        for (int d = shape.Length - 1; d >= 0; d--)
        {
            strides[d] = step;
            step *= shape[d];
        }

        return strides;
    }
}
