namespace GoNoGo.Learning.Graphs.Onnx.Evaluation;

/// <summary>A tensor while a file is evaluated: numbers in double precision or integers, row-major.</summary>
internal sealed class OnnxValue
{
    private readonly OnnxStoredTensor? _stored;
    private double[]? _numbers;

    /// <summary>Numbers.</summary>
    public OnnxValue(int[] shape, double[] numbers)
    {
        Shape = shape;
        _numbers = numbers;
        Integers = [];
    }

    /// <summary>A stored tensor; its numbers are read when they are asked for.</summary>
    public OnnxValue(OnnxStoredTensor stored)
    {
        Shape = stored.Shape;
        Integers = stored.HasIntegers ? stored.Integers() : [];
        (_stored, _numbers) = stored.HasIntegers ? (null, Array.Empty<double>()) : (stored, (double[]?)null);
    }

    /// <summary>Integers.</summary>
    public OnnxValue(int[] shape, long[] integers)
    {
        Shape = shape;
        Integers = integers;
        _numbers = [];
    }

    /// <summary>Its dimensions.</summary>
    public int[] Shape { get; }

    /// <summary>The values where they are numbers.</summary>
    public double[] Numbers => _numbers ??= ReadAll();

    /// <summary>Whether the numbers still lie in a file: those of a large matrix are better asked for in parts.</summary>
    public bool IsStored => _numbers is null;

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

    /// <summary>A range of the numbers.</summary>
    /// <param name="start">Its first.</param>
    /// <param name="count">How many.</param>
    /// <param name="room">Receives them where they lie in a file; at least as many.</param>
    public ReadOnlyMemory<double> Range(long start, int count, ref double[] room)
    {
        if (_numbers is not null)
        {
            return _numbers.AsMemory(checked((int)start), count);
        }

        room = room.Length < count ? new double[count] : room;
        _stored!.Read(start, room.AsSpan(0, count));
        return room.AsMemory(0, count);
    }

    private double[] ReadAll()
    {
        var numbers = new double[Count(Shape)];
        _stored!.Read(0, numbers);
        return numbers;
    }

    /// <summary>The same values in another shape.</summary>
    public OnnxValue As(params int[] shape) => Numbers.Length > 0 ? new OnnxValue(shape, Numbers) : new OnnxValue(shape, Integers);
}
