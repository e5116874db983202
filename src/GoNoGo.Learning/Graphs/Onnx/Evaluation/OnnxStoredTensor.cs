using System.Buffers.Binary;
using System.Runtime.InteropServices;
using GoNoGo.Tensors.Formats;
using static GoNoGo.Learning.Graphs.Onnx.OnnxFields;

namespace GoNoGo.Learning.Graphs.Onnx.Evaluation;

/// <summary>A tensor that lies in a file until it is asked for.</summary>
internal sealed class OnnxStoredTensor
{
    /// <summary>Floats that are read at a time.</summary>
    private const int Part = 1 << 16;

    private readonly ByteSource _source;
    private readonly long _start;
    private readonly int _elementType;

    /// <summary>A range of a file.</summary>
    /// <param name="source">The file.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="elementType">Float or 64-bit integer.</param>
    /// <param name="dimensions">Its shape.</param>
    /// <param name="start">Its first byte.</param>
    /// <param name="length">Its bytes.</param>
    /// <exception cref="TensorFileException">The range is not in the file, or not that of the shape.</exception>
    public OnnxStoredTensor(ByteSource source, string name, int elementType, List<long> dimensions, long start, long length)
    {
        int size = elementType == ElementFloat ? sizeof(float) : sizeof(long);
        long bytes = size;
        foreach (long dimension in dimensions)
        {
            // Nothing is allocated yet, and a product that overflows is larger than any file.
            if (dimension is < 0 or > int.MaxValue || (dimension > 0 && bytes > source.Length / dimension))
            {
                throw new TensorFileException($"'{source.Name}': tensor '{name}' of shape [{string.Join(", ", dimensions)}] is larger than the file.");
            }

            bytes *= dimension;
        }

        if (elementType is not (ElementFloat or ElementInt64) || length != bytes)
        {
            throw new TensorFileException($"'{source.Name}': tensor '{name}' of type {elementType} and shape [{string.Join(", ", dimensions)}] has {length} bytes.");
        }

        if (start < 0 || start > source.Length - length)
        {
            throw new TensorFileException($"'{source.Name}' has {source.Length} bytes and tensor '{name}' lies at {start} with {length}: another file, or cut off.");
        }

        (_source, _elementType, _start) = (source, elementType, start);
        Shape = [.. dimensions.Select(dimension => (int)dimension)];
    }

    /// <summary>Its dimensions.</summary>
    public int[] Shape { get; }

    /// <summary>Whether it holds integers.</summary>
    public bool HasIntegers => _elementType == ElementInt64;

    /// <summary>All integers.</summary>
    public long[] Integers()
    {
        var integers = new long[OnnxValue.Count(Shape)];
        _source.Read(_start, MemoryMarshal.AsBytes(integers.AsSpan()));
        if (!BitConverter.IsLittleEndian)
        {
            BinaryPrimitives.ReverseEndianness(integers, integers);
        }

        return integers;
    }

    /// <summary>Numbers from a place on, in double precision.</summary>
    public void Read(long first, Span<double> destination)
    {
        var floats = new float[Math.Min(Part, destination.Length)];
        for (int start = 0; start < destination.Length; start += floats.Length)
        {
            Span<float> part = floats.AsSpan(0, Math.Min(floats.Length, destination.Length - start));
            _source.Read(_start + ((first + start) * sizeof(float)), MemoryMarshal.AsBytes(part));
            if (!BitConverter.IsLittleEndian)
            {
                Span<int> words = MemoryMarshal.Cast<float, int>(part);
                BinaryPrimitives.ReverseEndianness(words, words);
            }

            for (int i = 0; i < part.Length; i++)
            {
                destination[start + i] = part[i];
            }
        }
    }
}
