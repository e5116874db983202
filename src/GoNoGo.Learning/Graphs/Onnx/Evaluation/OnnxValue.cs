namespace GoNoGo.Learning.Graphs.Onnx.Evaluation;

/// <summary>A tensor while a file is evaluated: numbers in double precision or integers, row-major.</summary>
internal sealed class OnnxValue
{
    /// <summary>Numbers.</summary>
    public OnnxValue(int[] shape, double[] numbers)
    {
        Shape = shape;
        Numbers = numbers;
        Integers = [];
    }

    /// <summary>Integers.</summary>
    public OnnxValue(int[] shape, long[] integers)
    {
        Shape = shape;
        Integers = integers;
        Numbers = [];
    }

    /// <summary>Its dimensions.</summary>
    public int[] Shape { get; }

    /// <summary>The values where they are numbers.</summary>
    public double[] Numbers { get; }

    /// <summary>The values where they are integers.</summary>
    public long[] Integers { get; }

    /// <summary>Zeros.</summary>
    public static OnnxValue New(params int[] shape) => new(shape, new double[Count(shape)]);

    /// <summary>The values of a shape.</summary>
    /// <exception cref="OverflowException">More than an array holds.</exception>
    public static int Count(ReadOnlySpan<int> shape)
    {
        int count = 1;
        foreach (int dimension in shape)
        {
            count = checked(count * dimension);
        }

        return count;
    }

    /// <summary>The same values in another shape.</summary>
    public OnnxValue As(params int[] shape) => Numbers.Length > 0 ? new OnnxValue(shape, Numbers) : new OnnxValue(shape, Integers);
}
