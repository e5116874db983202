using System.Runtime.InteropServices;

namespace GoNoGo.Tensors.Memory;

/// <summary>
/// One block of aligned native memory that a <see cref="MemoryPool"/> lends and takes back. The generation grows
/// each time the block is given back, so that a handle from before is recognised and refused.
/// </summary>
internal sealed unsafe class TensorStorage : IDisposable
{
    /// <summary>Blocks start on a page-friendly boundary that suits 512-bit vectors and cache lines.</summary>
    public const int Alignment = 64;

    private nint _pointer;

    public TensorStorage(long capacity, int bucket, bool ownsMemory = true)
    {
        Capacity = capacity;
        Bucket = bucket;
        OwnsMemory = ownsMemory;
        if (ownsMemory)
        {
            _pointer = (nint)NativeMemory.AlignedAlloc((nuint)Math.Max(capacity, 16) * sizeof(float), Alignment);
            GC.AddMemoryPressure(Math.Max(capacity, 16) * sizeof(float));
        }
    }

    ~TensorStorage() => Dispose();

    /// <summary>Number of floats that fit.</summary>
    public long Capacity { get; }

    /// <summary>Index of the pool's free list this block returns to.</summary>
    public int Bucket { get; }

    /// <summary>Counts how often the block was given back.</summary>
    public int Generation { get; private set; }

    public bool OwnsMemory { get; }

    public float* Pointer => (float*)_pointer;

    /// <summary>Makes every handle lent so far invalid.</summary>
    public void Invalidate() => Generation++;

    /// <summary>Points a storage that owns no memory at a memory-mapped range.</summary>
    public void Attach(float* pointer) => _pointer = (nint)pointer;

    public void Dispose()
    {
        nint pointer = Interlocked.Exchange(ref _pointer, 0);
        if (pointer != 0 && OwnsMemory)
        {
            NativeMemory.AlignedFree((void*)pointer);
            GC.RemoveMemoryPressure(Math.Max(Capacity, 16) * sizeof(float));
        }

        GC.SuppressFinalize(this);
    }
}
