namespace GoNoGo.Tensors.Memory;

/// <summary>A kernel's workspace: memory of the shared pool for the length of a call. Dispose it once.</summary>
public readonly unsafe ref struct Scratch
{
    private readonly TensorStorage _storage;

    private Scratch(long floats) => _storage = MemoryPool.Shared.Rent(floats);

    /// <summary>Room for so many floats, contents undefined.</summary>
    public static Scratch OfFloats(long count) => new(count);

    /// <summary>Room for so many doubles, contents undefined.</summary>
    public static Scratch OfDoubles(long count) => new(2 * count);

    /// <summary>The room as floats, 64-byte aligned.</summary>
    public float* Floats => _storage.Pointer;

    /// <summary>The room as doubles.</summary>
    public double* Doubles => (double*)_storage.Pointer;

    /// <summary>Gives the room back.</summary>
    public void Dispose() => MemoryPool.Shared.Return(_storage);
}
