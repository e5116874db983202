namespace GoNoGo.Learning.Graphs.Onnx.Evaluation;

/// <summary>Sums, means and extremes over dimensions that lie side by side, and places of extremes.</summary>
internal static class OnnxReductions
{
    public delegate double Reduction(ReadOnlySpan<double> values);

    /// <summary>Reduces the dimensions of the attribute <c>axes</c>.</summary>
    public static OnnxValue Run(OnnxNode node, OnnxValue x, Reduction reduce) => Run(node, x, node.Integers("axes"), reduce);

    /// <summary>Sums over the dimensions that the second input names.</summary>
    public static OnnxValue Sum(OnnxNode node, OnnxValue x, OnnxValue axes) => Run(node, x, Array.ConvertAll(axes.Integers, axis => checked((int)axis)), Sum);

    /// <summary>The sum.</summary>
    public static double Sum(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum += value;
        }

        return sum;
    }

    /// <summary>The largest; NaN where one is.</summary>
    public static double Largest(ReadOnlySpan<double> values)
    {
        double largest = double.NegativeInfinity;
        foreach (double value in values)
        {
            largest = Math.Max(largest, value);
        }

        return largest;
    }

    /// <summary>The smallest; NaN where one is.</summary>
    public static double Smallest(ReadOnlySpan<double> values)
    {
        double smallest = double.PositiveInfinity;
        foreach (double value in values)
        {
            smallest = Math.Min(smallest, value);
        }

        return smallest;
    }

    /// <summary>The place of the largest (sign 1) or smallest (sign -1) of the last dimension, the first of several.</summary>
    public static OnnxValue Place(OnnxNode node, OnnxValue x, int sign)
    {
        RequireLast(node, x);
        if (node.Integer("keepdims", 1) == 0)
        {
            throw new ArgumentException("places without their dimension");
        }

        int width = x.Shape[^1];
        var places = new long[x.Numbers.Length / width];
        for (int row = 0; row < places.Length; row++)
        {
            for (int i = 1; i < width; i++)
            {
                if (sign * x.Numbers[(row * width) + i] > sign * x.Numbers[(row * width) + (int)places[row]])
                {
                    places[row] = i;
                }
            }
        }

        return new OnnxValue([.. x.Shape[..^1], 1], places);
    }

    /// <summary>The first k of the last dimension in descending or ascending order, of equal ones the first, and their places.</summary>
    public static OnnxValue[] Top(OnnxNode node, OnnxValue x, OnnxValue count)
    {
        RequireLast(node, x);
        int k = checked((int)count.Integers.Single());
        int sign = node.Integer("largest", 1) == 1 ? -1 : 1;
        int width = x.Shape[^1];
        if (k < 0 || k > width)
        {
            throw new ArgumentException($"{k} of {width}");
        }

        int rows = x.Numbers.Length / width;
        int[] shape = [.. x.Shape[..^1], k];
        OnnxValue values = OnnxValue.New(shape);
        var places = new long[rows * k];
        for (int row = 0; row < rows; row++)
        {
            int first = row * width;
            // OrderBy keeps equal ones in their order.
            int[] order = [.. Enumerable.Range(0, width).OrderBy(i => sign * x.Numbers[first + i]).Take(k)];
            for (int i = 0; i < k; i++)
            {
                places[(row * k) + i] = order[i];
                values.Numbers[(row * k) + i] = x.Numbers[first + order[i]];
            }
        }

        return [values, new OnnxValue(shape, places)];
    }

    private static OnnxValue Run(OnnxNode node, OnnxValue x, int[] axes, Reduction reduce)
    {
        axes = [.. axes.Select(axis => axis < 0 ? axis + x.Shape.Length : axis).Order()];
        if (axes.Length == 0 || axes[^1] - axes[0] != axes.Length - 1)
        {
            throw new ArgumentException("dimensions that do not lie side by side");
        }

        int count = OnnxValue.Count(x.Shape.AsSpan(axes[0], axes.Length));
        int inner = OnnxValue.Count(x.Shape.AsSpan(axes[^1] + 1));
        int[] kept = node.Integer("keepdims", 1) == 0 ? [] : [.. axes.Select(_ => 1)];
        OnnxValue y = OnnxValue.New([.. x.Shape[..axes[0]], .. kept, .. x.Shape[(axes[^1] + 1)..]]);
        var values = new double[count];
        for (int i = 0; i < y.Numbers.Length; i++)
        {
            for (int j = 0; j < count; j++)
            {
                values[j] = x.Numbers[(((i / inner * count) + j) * inner) + (i % inner)];
            }

            y.Numbers[i] = reduce(values);
        }

        return y;
    }

    private static void RequireLast(OnnxNode node, OnnxValue x)
    {
        int axis = node.Integer("axis", -1);
        if (axis != -1 && axis != x.Shape.Length - 1)
        {
            throw new ArgumentException("another dimension than the last");
        }
    }
}
