using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Tensors;

/// <summary>
/// A dense, row-major float32 array of at most five dimensions: a small handle (not the memory itself) on a block
/// that a <see cref="TensorScope"/> owns. Copying the handle copies no data; use after the scope gave the memory back
/// throws in every build. <c>default(Tensor)</c> is "no tensor" (<see cref="IsEmpty"/>), used for optional arguments.
/// </summary>
public readonly unsafe struct Tensor
{
    private readonly TensorStorage? _storage;
    private readonly int _generation;
    private readonly long _offset;

    internal Tensor(TensorStorage storage, long offset, Shape shape)
    {
        _storage = storage;
        _generation = storage.Generation;
        _offset = offset;
        Shape = shape;
    }

    /// <summary>The dimensions, outermost first.</summary>
    public Shape Shape { get; }

    /// <summary>Whether this handle refers to no tensor at all.</summary>
    public bool IsEmpty => _storage is null;

    /// <summary>The number of elements.</summary>
    public long ElementCount => Shape.ElementCount;

    /// <summary>The number of dimensions.</summary>
    public int Rank => Shape.Rank;

    /// <summary>
    /// The address of the first element, 64-byte aligned for a whole tensor. Valid while the owning scope keeps the memory.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The memory was given back.</exception>
    public float* Pointer
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            TensorStorage? storage = _storage;
            if (storage is null || storage.Generation != _generation)
            {
                ThrowReleased(storage is null);
            }

            return storage!.Pointer + _offset;
        }
    }

    /// <summary>All elements in row-major order.</summary>
    /// <exception cref="InvalidOperationException">More elements than a span can hold (2^31 - 1).</exception>
    public Span<float> Span
    {
        get
        {
            if (ElementCount > int.MaxValue)
            {
                throw new InvalidOperationException($"Span: tensor {Shape} has more elements than a span can hold; slice it.");
            }

            return new Span<float>(Pointer, (int)ElementCount);
        }
    }

    internal TensorStorage CheckedStorage
    {
        get
        {
            _ = Pointer;
            return _storage!;
        }
    }

    /// <summary>The single element of a one-element tensor.</summary>
    public float ToScalar()
    {
        if (ElementCount != 1)
        {
            throw new InvalidOperationException($"ToScalar: tensor {Shape} has not exactly one element.");
        }

        return *Pointer;
    }

    /// <summary>The same elements under another shape of equal size.</summary>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    public Tensor Reshape(Shape shape)
    {
        if (shape.ElementCount != ElementCount)
        {
            throw new ArgumentException($"Reshape: {Shape} has {ElementCount} elements, {shape} has {shape.ElementCount}.", nameof(shape));
        }

        return new Tensor(CheckedStorage, _offset, shape);
    }

    /// <summary>
    /// The contiguous slice <c>[start .. start + length)</c> along the outermost dimension.
    /// </summary>
    /// <exception cref="ArgumentException">The range is not inside the dimension.</exception>
    public Tensor Slice(int start, int length)
    {
        if (Rank == 0 || start < 0 || length < 0 || start > Shape[0] - length)
        {
            throw new ArgumentException($"Slice: [{start} .. {(long)start + length}) is not inside dimension 0 of {Shape}.");
        }

        long row = Shape.Product(1, Rank);
        return new Tensor(CheckedStorage, _offset + (start * row), Shape.With(0, length));
    }

    /// <summary>The slice at <paramref name="index"/> along the outermost dimension, without that dimension.</summary>
    public Tensor this[int index]
    {
        get
        {
            Tensor slice = Slice(index, 1);
            Span<int> dimensions = stackalloc int[Shape.MaxRank];
            Shape.CopyTo(dimensions);
            return slice.Reshape(new Shape(dimensions[1..Rank]));
        }
    }

    /// <summary>Sets every element to zero.</summary>
    public void Clear() => System.Runtime.InteropServices.NativeMemory.Clear(Pointer, (nuint)ElementCount * sizeof(float));

    /// <summary>Copies all elements to a tensor of the same size (the shapes may differ).</summary>
    public void CopyTo(Tensor destination)
    {
        if (destination.ElementCount != ElementCount)
        {
            throw new ArgumentException($"CopyTo: {Shape} does not fit {destination.Shape}.", nameof(destination));
        }

        long bytes = ElementCount * sizeof(float);
        Buffer.MemoryCopy(Pointer, destination.Pointer, bytes, bytes);
    }

    /// <summary>The elements as a new array, in row-major order.</summary>
    public float[] ToArray() => Span.ToArray();

    /// <inheritdoc/>
    public override string ToString() => IsEmpty ? "Tensor (none)" : $"Tensor {Shape}";

    private static void ThrowReleased(bool isEmpty) => throw (isEmpty
        ? new InvalidOperationException("Tensor: this handle refers to no tensor.")
        : new ObjectDisposedException(nameof(Tensor), "Tensor: its scope has given the memory back; Keep it in a longer-lived scope."));
}
