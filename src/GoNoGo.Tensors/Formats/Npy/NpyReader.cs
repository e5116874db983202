using GoNoGo.Tensors.Memory;

namespace GoNoGo.Tensors.Formats.Npy;

/// <summary>
/// Reads one array from a NumPy file (NPY 1.0, 2.0, 3.0): numbers and booleans, little-endian. Arrays in Fortran order are
/// turned to row-major order. No length is trusted before it is checked.
/// </summary>
public sealed unsafe class NpyReader : IDisposable
{
    /// <summary>Elements that are turned from Fortran order at a time.</summary>
    private const int TurnedElements = 8192;

    private readonly ByteSource _source;
    private readonly NpyHeader _header;

    private NpyReader(ByteSource source)
    {
        _source = source;
        try
        {
            _header = NpyHeader.Read(source);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>Opens a file.</summary>
    /// <exception cref="TensorFileException">The file is missing, unreadable, damaged or of a kind that is not supported.</exception>
    public static NpyReader Open(string path) => new(ByteSource.OpenFile(path, memoryMapped: false));

    /// <summary>Opens a readable, seekable stream (its whole content, from position 0). The stream stays the caller's.</summary>
    /// <param name="stream">The content.</param>
    /// <param name="name">How messages call it.</param>
    /// <exception cref="TensorFileException">The content is damaged or of a kind that is not supported.</exception>
    public static NpyReader Open(Stream stream, string name = "stream") => new(ByteSource.OpenStream(stream, name));

    /// <summary>The type of the elements.</summary>
    public ElementType Type => _header.Type;

    /// <summary>The dimensions, outermost first (any number of them; empty for a scalar).</summary>
    public ReadOnlySpan<long> Dimensions => _header.Dimensions;

    /// <summary>The number of elements.</summary>
    public long ElementCount => _header.ElementCount;

    /// <summary>The dimensions as a shape of the engine.</summary>
    /// <exception cref="TensorFileException">More than five dimensions, or one beyond 2^31 - 1.</exception>
    public Shape Shape => ElementReader.ToShape(_header.Dimensions, $"'{_source.Name}'");

    /// <summary>Reads all elements as floats, row-major.</summary>
    public float[] ReadFloats()
    {
        var values = new float[ArrayLength()];
        fixed (float* destination = values)
        {
            ReadFloats(destination);
        }

        return values;
    }

    /// <summary>Reads all elements as doubles, row-major.</summary>
    public double[] ReadDoubles()
    {
        var values = new double[ArrayLength()];
        if (!NeedsTurning)
        {
            ElementReader.Doubles(_source, _header.DataStart, Type, values);
            return values;
        }

        var run = new double[TurnedElements];
        for (long first = 0; first < ElementCount; first += TurnedElements)
        {
            int count = (int)Math.Min(TurnedElements, ElementCount - first);
            ElementReader.Doubles(_source, Position(first), Type, run.AsMemory(0, count));
            for (int i = 0; i < count; i++)
            {
                values[Turned(first + i)] = run[i];
            }
        }

        return values;
    }

    /// <summary>Reads all elements of an integer or boolean array as 64-bit integers, row-major.</summary>
    /// <exception cref="TensorFileException">The array holds fractions, or an integer beyond 2^63 - 1.</exception>
    public long[] ReadIntegers()
    {
        var values = new long[ArrayLength()];
        if (!NeedsTurning)
        {
            ElementReader.Integers(_source, _header.DataStart, Type, "the array", values);
            return values;
        }

        var run = new long[TurnedElements];
        for (long first = 0; first < ElementCount; first += TurnedElements)
        {
            int count = (int)Math.Min(TurnedElements, ElementCount - first);
            ElementReader.Integers(_source, Position(first), Type, "the array", run.AsMemory(0, count));
            for (int i = 0; i < count; i++)
            {
                values[Turned(first + i)] = run[i];
            }
        }

        return values;
    }

    /// <summary>Reads all elements into new memory of the scope.</summary>
    public Tensor ReadTensor(TensorScope scope)
    {
        ArgumentNullException.ThrowIfNull(scope);
        Tensor tensor = scope.New(Shape);
        ReadFloats(tensor.Pointer);
        return tensor;
    }

    /// <summary>Reads a run of elements as floats, for arrays that do not fit into memory.</summary>
    /// <param name="firstElement">Flat, row-major index.</param>
    /// <param name="destination">Receives as many elements as it holds.</param>
    /// <exception cref="ArgumentException">The run is not inside the array.</exception>
    /// <exception cref="TensorFileException">The array is in Fortran order.</exception>
    public void Read(long firstElement, Span<float> destination)
    {
        if (firstElement < 0 || firstElement > ElementCount - destination.Length)
        {
            throw new ArgumentException($"Read: {firstElement} + {destination.Length} is not inside the {ElementCount} elements of '{_source.Name}'.", nameof(firstElement));
        }

        if (NeedsTurning)
        {
            throw new TensorFileException($"'{_source.Name}' is in Fortran order and can be read as a whole only; save it with numpy.ascontiguousarray.");
        }

        fixed (float* target = destination)
        {
            ElementReader.Floats(_source, Position(firstElement), Type, destination.Length, target);
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _source.Dispose();

    private bool NeedsTurning => _header.IsFortranOrder && _header.Dimensions.Length > 1;

    private long Position(long element) => _header.DataStart + (element * Type.Size());

    private void ReadFloats(float* destination)
    {
        if (!NeedsTurning)
        {
            ElementReader.Floats(_source, _header.DataStart, Type, ElementCount, destination);
            return;
        }

        var run = new float[TurnedElements];
        for (long first = 0; first < ElementCount; first += TurnedElements)
        {
            int count = (int)Math.Min(TurnedElements, ElementCount - first);
            fixed (float* start = run)
            {
                ElementReader.Floats(_source, Position(first), Type, count, start);
            }

            for (int i = 0; i < count; i++)
            {
                destination[Turned(first + i)] = run[i];
            }
        }
    }

    /// <summary>The row-major index of the element at a column-major one.</summary>
    private long Turned(long columnMajor)
    {
        long index = 0;
        long stride = ElementCount;
        foreach (long dimension in _header.Dimensions)
        {
            (columnMajor, long at) = Math.DivRem(columnMajor, dimension);
            stride /= dimension;
            index += at * stride;
        }

        return index;
    }

    private long ArrayLength() => ElementCount <= Array.MaxLength
        ? ElementCount
        : throw new TensorFileException($"'{_source.Name}' has {ElementCount} elements, more than an array can hold; read it in parts.");
}
