using System.Runtime.InteropServices;

namespace GoNoGo.Evaluation.Sorting;

/// <summary>
/// Uninitialised native memory for <typeparamref name="T"/>, freed at once when disposed: sorting tens of millions of
/// pixels must give its memory back when it is done, not when the garbage collector comes by.
/// </summary>
internal sealed unsafe class NativeBuffer<T> : IDisposable where T : unmanaged
{
    private T* _data;

    public NativeBuffer(long capacity)
    {
        Capacity = capacity;
        _data = (T*)NativeMemory.AlignedAlloc((nuint)Math.Max(capacity * sizeof(T), 64), 64);
        GC.AddMemoryPressure(Math.Max(capacity * sizeof(T), 64));
    }

    ~NativeBuffer() => Free();

    public long Capacity { get; }

    public T* Pointer => _data;

    public Span<T> Slice(long start, int length) => new(_data + start, length);

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_data is not null)
        {
            NativeMemory.AlignedFree(_data);
            _data = null;
            GC.RemoveMemoryPressure(Math.Max(Capacity * sizeof(T), 64));
        }
    }
}
