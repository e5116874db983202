using System.Numerics;

namespace GoNoGo.Tensors.Memory;

/// <summary>
/// Lends 64-byte aligned native memory to scopes and takes it back for reuse. Blocks come in size classes of four
/// steps per power of two (at most 25 % unused). Safe for use from several threads.
/// </summary>
public sealed class MemoryPool
{
    private const int BucketCount = 4 * 48;

    private readonly Stack<TensorStorage>?[] _free = new Stack<TensorStorage>?[BucketCount];
    private readonly Lock _lock = new();
    private long _lentBytes;
    private long _peakLentBytes;
    private long _heldBytes;

    /// <summary>The pool used where none is given.</summary>
    public static MemoryPool Shared { get; } = new();

    /// <summary>Bytes in use by scopes at this moment.</summary>
    public long LentBytes => Interlocked.Read(ref _lentBytes);

    /// <summary>The most bytes that were ever in use at once since <see cref="ResetPeak"/>.</summary>
    public long PeakLentBytes => Interlocked.Read(ref _peakLentBytes);

    /// <summary>Bytes that the pool owns: lent ones and free ones kept for reuse.</summary>
    public long HeldBytes => Interlocked.Read(ref _heldBytes);

    /// <summary>Starts the measurement of <see cref="PeakLentBytes"/> anew.</summary>
    public void ResetPeak() => Interlocked.Exchange(ref _peakLentBytes, LentBytes);

    /// <summary>Gives all free blocks back to the operating system.</summary>
    public void Trim()
    {
        lock (_lock)
        {
            foreach (Stack<TensorStorage>? stack in _free)
            {
                while (stack is { Count: > 0 })
                {
                    TensorStorage storage = stack.Pop();
                    _heldBytes -= storage.Capacity * sizeof(float);
                    storage.Dispose();
                }
            }
        }
    }

    internal TensorStorage Rent(long elements)
    {
        (int bucket, long capacity) = BucketOf(elements);
        lock (_lock)
        {
            if (_free[bucket] is { Count: > 0 } stack)
            {
                CountLent(capacity);
                return stack.Pop();
            }
        }

        // Counted after it was made: where there is no memory for it, nothing was lent.
        var storage = new TensorStorage(capacity, bucket);
        lock (_lock)
        {
            _heldBytes += capacity * sizeof(float);
            CountLent(capacity);
        }

        return storage;
    }

    internal void Return(TensorStorage storage)
    {
        storage.Invalidate();
        lock (_lock)
        {
            (_free[storage.Bucket] ??= new Stack<TensorStorage>()).Push(storage);
            _lentBytes -= storage.Capacity * sizeof(float);
        }
    }

    private void CountLent(long capacity)
    {
        _lentBytes += capacity * sizeof(float);
        _peakLentBytes = Math.Max(_peakLentBytes, _lentBytes);
    }

    /// <summary>The size class of a block: the smallest m * 2^e with m in {4, 5, 6, 7} that holds the elements.</summary>
    private static (int Bucket, long Capacity) BucketOf(long elements)
    {
        long wanted = Math.Max(elements, 16);
        int exponent = 63 - BitOperations.LeadingZeroCount((ulong)(wanted - 1)) - 2;
        long step = 1L << exponent;
        long quarters = (wanted + step - 1) / step;
        return ((exponent * 4) + (int)(quarters - 4), quarters * step);
    }
}
