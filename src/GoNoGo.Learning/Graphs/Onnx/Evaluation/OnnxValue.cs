namespace GoNoGo.Learning.Graphs.Onnx.Evaluation;

/// <summary>A tensor while a file is evaluated: floats or integers, row-major.</summary>
internal sealed class OnnxValue
{
    /// <summary>Floats.</summary>
    public OnnxValue(int[] shape, float[] floats)
    {
        Shape = shape;
        Floats = floats;
        Integers = [];
    }

    /// <summary>Integers.</summary>
    public OnnxValue(int[] shape, long[] integers)
    {
        Shape = shape;
        Integers = integers;
        Floats = [];
    }

    /// <summary>Its dimensions.</summary>
    public int[] Shape { get; }

    /// <summary>The values where they are floats.</summary>
    public float[] Floats { get; }

    /// <summary>The values where they are integers.</summary>
    public long[] Integers { get; }

    /// <summary>Floats of zeros.</summary>
    public static OnnxValue New(params int[] shape) => new(shape, new float[Count(shape)]);

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
    public OnnxValue As(params int[] shape) => Floats.Length > 0 ? new OnnxValue(shape, Floats) : new OnnxValue(shape, Integers);
}
