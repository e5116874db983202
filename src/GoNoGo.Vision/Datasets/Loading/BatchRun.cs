using System.Runtime.ExceptionServices;
using GoNoGo.Tensors;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Vision.Datasets.Loading;

/// <summary>One pass of a <see cref="BatchLoader"/> over an order of pictures. Used by the thread that began it.</summary>
public sealed class BatchRun : IDisposable
{
    private readonly BatchLoader _loader;
    private readonly ReadOnlyMemory<int> _order;
    private readonly int _batchSize;
    private readonly Tensor _ring;
    private readonly int _chunk;
    private readonly UnreadablePictures _onUnreadable;
    private readonly CancellationToken _cancellation;
    private readonly CancellationTokenRegistration _registration;
    private readonly int[] _done;
    private readonly Exception?[][] _failures;
    private int _next;
    private int _inside;
    private int _released;
    private int _current = -1;
    private bool _ended;

    internal BatchRun(
        BatchLoader loader, ReadOnlyMemory<int> order, int batchSize, Tensor ring, int chunk,
        UnreadablePictures onUnreadable, CancellationToken cancellation)
    {
        _loader = loader;
        _order = order;
        _batchSize = batchSize;
        _ring = ring;
        _chunk = chunk;
        _onUnreadable = onUnreadable;
        _cancellation = cancellation;
        _done = new int[ring.Shape[0]];
        _failures = new Exception?[ring.Shape[0]][];
        for (int slot = 0; slot < _failures.Length; slot++)
        {
            _failures[slot] = new Exception?[ring.Shape[1]];
        }

        _registration = cancellation.UnsafeRegister(
            static gate =>
            {
                lock (gate!)
                {
                    Monitor.PulseAll(gate);
                }
            },
            loader.Gate);
    }

    /// <summary>The number of batches of the whole run.</summary>
    public int BatchCount => (_order.Length + _batchSize - 1) / _batchSize;

    /// <summary>Whether there is a picture to take and a free buffer for it. Gate held.</summary>
    internal bool HasWork =>
        !_ended && _next < _order.Length && (_next / _batchSize) < _released + _done.Length && !_cancellation.IsCancellationRequested;

    /// <summary>Whether the loop has nothing to do until a batch is ready. Gate held.</summary>
    internal bool IsWaitedFor { get; private set; }

    /// <summary>Waits for the next batch. The one before it becomes invalid: its buffer is filled again.</summary>
    /// <param name="batch">The batch.</param>
    /// <returns>False when the run is over.</returns>
    /// <exception cref="ImageFormatException">A picture of this batch is damaged (the first by order, where there are several).</exception>
    /// <exception cref="DatasetException">A picture of this batch cannot be read for another reason.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The run was ended by <see cref="Dispose"/> or by another run.</exception>
    public bool TryNext(out Batch batch)
    {
        batch = default;
        int number = _current + 1;
        int slot = number % _done.Length;
        int size;
        lock (_loader.Gate)
        {
            ObjectDisposedException.ThrowIf(_ended, this);
            Release();
            if (number >= BatchCount)
            {
                return false;
            }

            size = Math.Min(_batchSize, _order.Length - (number * _batchSize));
            if (_done[slot] < size)
            {
                Await(slot, size);
            }

            _current = number;
        }

        Exception?[] failures = _failures[slot];
        if (_onUnreadable == UnreadablePictures.Throw)
        {
            ThrowFirst(failures, size);
        }

        batch = new Batch(_ring[slot].Slice(0, size), _order.Slice(number * _batchSize, size), failures);
        return true;
    }

    /// <summary>Ends the run and waits until no thread works on it.</summary>
    public void Dispose()
    {
        lock (_loader.Gate)
        {
            _ended = true;
            while (_inside > 0)
            {
                Monitor.Wait(_loader.Gate);
            }

            _loader.Forget(this);
        }

        _registration.Dispose();
    }

    /// <summary>Takes some positions of one batch. Gate held.</summary>
    internal (int Start, int Count) Take()
    {
        int start = _next;
        int end = Math.Min(Math.Min(start + _chunk, _order.Length), ((start / _batchSize) + 1) * _batchSize);
        _next = end;
        _inside++;
        return (start, end - start);
    }

    /// <summary>Reports positions as done. Gate held.</summary>
    internal void Done(int start, int count)
    {
        _done[start / _batchSize % _done.Length] += count;
        _inside--;
    }

    internal int ItemAt(int position) => _order.Span[position];

    /// <summary>The place of a position in the ring, <c>[C, H, W]</c>.</summary>
    internal Tensor PlaceOf(int position) => _ring[position / _batchSize % _done.Length][position % _batchSize];

    internal void Fail(int position, Exception exception)
    {
        PlaceOf(position).Clear();
        _failures[position / _batchSize % _done.Length][position % _batchSize] = exception;
    }

    /// <summary>Waits for a batch, during which all threads may decode. Gate held.</summary>
    private void Await(int slot, int size)
    {
        IsWaitedFor = true;
        Monitor.PulseAll(_loader.Gate);
        try
        {
            while (_done[slot] < size)
            {
                _cancellation.ThrowIfCancellationRequested();
                Monitor.Wait(_loader.Gate);
            }
        }
        finally
        {
            IsWaitedFor = false;
        }
    }

    private void Release()
    {
        if (_current < _released)
        {
            return;
        }

        int slot = _current % _done.Length;
        _done[slot] = 0;
        Array.Clear(_failures[slot]);
        _released = _current + 1;
        Monitor.PulseAll(_loader.Gate);
    }

    private static void ThrowFirst(Exception?[] failures, int size)
    {
        for (int place = 0; place < size; place++)
        {
            if (failures[place] is { } failure)
            {
                ExceptionDispatchInfo.Throw(failure);
            }
        }
    }
}
