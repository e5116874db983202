using GoNoGo.Tensors.Parallel;

namespace GoNoGo.Learning.Graphs.Onnx.Evaluation;

/// <summary>Operators that compute value by value.</summary>
internal static class OnnxElementwise
{
    private const int Part = 4096;

    /// <summary>A function of every value.</summary>
    public static OnnxValue Unary(OnnxValue x, Func<double, double> function)
    {
        OnnxValue y = OnnxValue.New(x.Shape);
        Workers.For((y.Numbers.Length + Part - 1) / Part, new UnaryBody(x.Numbers, y.Numbers, function));
        return y;
    }

    /// <summary>A function of two values; dimensions of 1 are repeated, missing ones in front too.</summary>
    public static OnnxValue Binary(OnnxValue a, OnnxValue b, Func<double, double, double> function)
    {
        int[] shape = Broadcast(a.Shape, b.Shape);
        OnnxValue y = OnnxValue.New(shape);
        int[] stepsA = Steps(a.Shape, shape);
        int[] stepsB = Steps(b.Shape, shape);
        int inner = shape.Length == 0 ? 1 : shape[^1];
        Workers.For(inner == 0 ? 0 : y.Numbers.Length / inner, new BinaryBody(a.Numbers, b.Numbers, y.Numbers, shape, stepsA, stepsB, inner, function));
        return y;
    }

    /// <summary>The shape that two shapes have together.</summary>
    public static int[] Broadcast(int[] a, int[] b)
    {
        var shape = new int[Math.Max(a.Length, b.Length)];
        for (int i = 1; i <= shape.Length; i++)
        {
            int x = i <= a.Length ? a[^i] : 1;
            int y = i <= b.Length ? b[^i] : 1;
            shape[^i] = x == y || y == 1 ? x : x == 1 ? y : throw new ArgumentException($"dimensions {x} and {y} do not fit together");
        }

        return shape;
    }

    /// <summary>How far one step along each dimension of a larger shape goes in the values of a repeated one.</summary>
    public static int[] Steps(int[] from, int[] shape)
    {
        var steps = new int[shape.Length];
        int step = 1;
        for (int i = 1; i <= from.Length; i++)
        {
            steps[^i] = from[^i] == 1 ? 0 : step;
            step *= from[^i];
        }

        return steps;
    }

    /// <summary>The place of a row (an index over all dimensions but the last) in the values of a repeated operand.</summary>
    public static int PlaceOf(int row, int[] shape, int[] steps)
    {
        int place = 0;
        for (int i = shape.Length - 2; i >= 0; i--)
        {
            place += row % shape[i] * steps[i];
            row /= shape[i];
        }

        return place;
    }

    private readonly struct UnaryBody(double[] x, double[] y, Func<double, double> function) : IParallelBody
    {
        public void Invoke(int index)
        {
            for (int i = index * Part; i < Math.Min(y.Length, (index + 1) * Part); i++)
            {
                y[i] = function(x[i]);
            }
        }
    }

    private readonly struct BinaryBody(double[] a, double[] b, double[] y, int[] shape, int[] stepsA, int[] stepsB, int inner, Func<double, double, double> function) : IParallelBody
    {
        public void Invoke(int index)
        {
            int placeA = PlaceOf(index, shape, stepsA);
            int placeB = PlaceOf(index, shape, stepsB);
            int stepA = shape.Length == 0 ? 0 : stepsA[^1];
            int stepB = shape.Length == 0 ? 0 : stepsB[^1];
            for (int i = 0; i < inner; i++)
            {
                y[(index * inner) + i] = function(a[placeA + (i * stepA)], b[placeB + (i * stepB)]);
            }
        }
    }
}
