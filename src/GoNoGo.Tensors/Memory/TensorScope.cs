namespace GoNoGo.Tensors.Memory;

/// <summary>
/// Owns the memory of the tensors made in it and gives all of it back when disposed or reset: one scope per training
/// step or per call. A tensor leaves its scope only through <see cref="Keep"/>. Used by one thread at a time.
/// </summary>
public sealed class TensorScope : IDisposable
{
    private readonly MemoryPool _pool;
    private readonly List<TensorStorage> _owned = [];
    private bool _disposed;

    /// <summary>A scope over the given pool (default: the shared pool).</summary>
    public TensorScope(MemoryPool? pool = null) => _pool = pool ?? MemoryPool.Shared;

    /// <summary>The pool that lends the memory.</summary>
    public MemoryPool Pool => _pool;

    /// <summary>A tensor with undefined contents.</summary>
    public Tensor New(Shape shape)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        TensorStorage storage = _pool.Rent(shape.ElementCount);
        _owned.Add(storage);
        return new Tensor(storage, 0, shape);
    }

    /// <summary>A tensor filled with zeros.</summary>
    public Tensor Zeros(Shape shape)
    {
        Tensor tensor = New(shape);
        tensor.Clear();
        return tensor;
    }

    /// <summary>A tensor with a copy of the given values, in row-major order.</summary>
    /// <exception cref="ArgumentException">The number of values is not that of the shape.</exception>
    public Tensor From(ReadOnlySpan<float> values, Shape shape)
    {
        if (values.Length != shape.ElementCount)
        {
            throw new ArgumentException($"From: shape {shape} holds {shape.ElementCount} values, got {values.Length}.", nameof(values));
        }

        Tensor tensor = New(shape);
        values.CopyTo(tensor.Span);
        return tensor;
    }

    /// <summary>Moves the tensor's memory to another scope, so that it outlives this one; every view of it goes along.</summary>
    /// <exception cref="ArgumentException">The tensor does not belong to this scope, or the other scope uses another pool.</exception>
    public Tensor Keep(Tensor tensor, TensorScope destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        TensorStorage storage = tensor.CheckedStorage;
        if (destination._pool != _pool)
        {
            throw new ArgumentException("Keep: both scopes must use the same pool.", nameof(destination));
        }

        if (!_owned.Remove(storage))
        {
            throw new ArgumentException("Keep: the tensor does not belong to this scope.", nameof(tensor));
        }

        destination._owned.Add(storage);
        return tensor;
    }

    /// <summary>Gives one tensor's memory back before the scope ends; every view of it becomes invalid.</summary>
    public void Release(Tensor tensor)
    {
        TensorStorage storage = tensor.CheckedStorage;
        // Searched from the end: what is released early was usually made last.
        int index = _owned.LastIndexOf(storage);
        if (index < 0)
        {
            throw new ArgumentException("Release: the tensor does not belong to this scope.", nameof(tensor));
        }

        _owned.RemoveAt(index);
        _pool.Return(storage);
    }

    /// <summary>Gives all memory back; the scope can be used again.</summary>
    public void Reset()
    {
        foreach (TensorStorage storage in _owned)
        {
            _pool.Return(storage);
        }

        _owned.Clear();
    }

    /// <summary>Gives all memory back and ends the scope.</summary>
    public void Dispose()
    {
        if (!_disposed)
        {
            Reset();
            _disposed = true;
        }
    }
}
