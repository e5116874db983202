using System.Buffers;

namespace GoNoGo.Tensors.Formats;

/// <summary>Reads runs of elements from a source and converts them chunk by chunk, without a copy of the raw data.</summary>
public static unsafe class ElementReader
{
    private const int ChunkBytes = 1 << 16;

    /// <summary>Reads elements of any type as floats.</summary>
    public static void Floats(ByteSource source, long position, ElementType type, long count, float* destination)
    {
        if (type != ElementType.F32)
        {
            ForEachChunk(source, position, type, count, (Destination: (nint)destination, type), static (state, first, bytes) =>
                ElementConversion.ToFloats(state.type, bytes, new Span<float>((float*)state.Destination + first, bytes.Length / state.type.Size())));
            return;
        }

        for (long done = 0; done < count * sizeof(float);)
        {
            int part = (int)Math.Min((count * sizeof(float)) - done, 1 << 30);
            source.Read(position + done, new Span<byte>((byte*)destination + done, part));
            done += part;
        }
    }

    /// <summary>Reads elements of any type as doubles.</summary>
    public static void Doubles(ByteSource source, long position, ElementType type, Memory<double> destination) =>
        ForEachChunk(source, position, type, destination.Length, (destination, type), static (state, first, bytes) =>
            ElementConversion.ToDoubles(state.type, bytes, state.destination.Span.Slice((int)first, bytes.Length / state.type.Size())));

    /// <summary>Reads elements of an integer or boolean type as 64-bit integers.</summary>
    /// <exception cref="TensorFileException">The type holds fractions, or an unsigned number is beyond the signed range.</exception>
    public static void Integers(ByteSource source, long position, ElementType type, string what, Memory<long> destination)
    {
        if (type.IsFloat())
        {
            throw new TensorFileException($"'{source.Name}': {what} is of type {type}, an integer type was expected.");
        }

        try
        {
            ForEachChunk(source, position, type, destination.Length, (destination, type), static (state, first, bytes) =>
                ElementConversion.ToIntegers(state.type, bytes, state.destination.Span.Slice((int)first, bytes.Length / state.type.Size())));
        }
        catch (OverflowException exception)
        {
            throw new TensorFileException($"'{source.Name}': {what} holds an integer beyond 2^63 - 1.", exception);
        }
    }

    /// <summary>The number of bytes of a tensor, or -1 where it exceeds 63 bits.</summary>
    public static long ByteLength(ReadOnlySpan<long> dimensions, ElementType type)
    {
        if (dimensions.Contains(0))
        {
            return 0;
        }

        UInt128 bytes = (UInt128)type.Size();
        foreach (long dimension in dimensions)
        {
            bytes *= (ulong)dimension;
            if (bytes > long.MaxValue)
            {
                return -1;
            }
        }

        return (long)bytes;
    }

    /// <summary>Dimensions as a shape of the engine.</summary>
    /// <exception cref="TensorFileException">More than five dimensions, or one beyond 2^31 - 1.</exception>
    public static Shape ToShape(ReadOnlySpan<long> dimensions, string what)
    {
        Span<int> small = stackalloc int[Shape.MaxRank];
        bool fits = dimensions.Length <= Shape.MaxRank;
        for (int axis = 0; fits && axis < dimensions.Length; axis++)
        {
            fits = dimensions[axis] <= int.MaxValue;
            small[axis] = (int)dimensions[axis];
        }

        return fits
            ? new Shape(small[..dimensions.Length])
            : throw new TensorFileException($"{what} has the shape [{string.Join(", ", dimensions.ToArray())}]; at most {Shape.MaxRank} dimensions below 2^31 can be loaded.");
    }

    private static void ForEachChunk<TState>(ByteSource source, long position, ElementType type, long count, TState state, ChunkAction<TState> action)
    {
        byte[] chunk = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            int size = type.Size();
            for (long first = 0; first < count;)
            {
                int elements = (int)Math.Min(count - first, ChunkBytes / size);
                Span<byte> bytes = chunk.AsSpan(0, elements * size);
                source.Read(position + (first * size), bytes);
                action(state, first, bytes);
                first += elements;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    private delegate void ChunkAction<in TState>(TState state, long firstElement, ReadOnlySpan<byte> bytes);
}
