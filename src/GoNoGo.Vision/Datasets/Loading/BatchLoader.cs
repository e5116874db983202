using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Parallel;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Vision.Datasets.Loading;

/// <summary>
/// Decodes and prepares pictures on background threads, ahead of the loop that uses them, in the order that the loop
/// wants, into a ring of buffers that live as long as the loader. Where all prepared pictures fit a limit they are kept,
/// so that later epochs decode nothing. What a batch contains depends on items and order only, not on threads or cache.
/// </summary>
/// <remarks>Used by one thread; one run at a time. Items are decoded from several threads at once.</remarks>
public sealed class BatchLoader : IDisposable
{
    private readonly IReadOnlyList<DatasetItem> _items;
    private readonly Action<Image, Tensor> _prepare;
    private readonly BatchLoaderOptions _options;
    private readonly MemoryPool _pool = new();
    private readonly TensorScope _scope;
    private readonly PictureCache? _cache;
    private readonly List<Thread> _threads = [];
    private Tensor _ring;
    private BatchRun? _run;
    private bool _stopping;
    private bool _disposed;

    /// <summary>A loader over some pictures, prepared for a network. Nothing is read before the first run.</summary>
    /// <param name="items">The pictures.</param>
    /// <param name="preprocessing">How a picture becomes <c>[Channels, Height, Width]</c>.</param>
    /// <param name="options">Threads, memory, and what to do with unreadable pictures.</param>
    /// <exception cref="ArgumentException">The preprocessing or an option is not valid.</exception>
    public BatchLoader(IReadOnlyList<DatasetItem> items, Preprocessing preprocessing, BatchLoaderOptions? options = null)
        : this(items, ShapeOf(preprocessing), (image, place) => preprocessing.Run(image, place.Span), (options ?? new()).For(preprocessing)) { }

    /// <summary>A loader over some pictures with a preparation of one's own. Nothing is read before the first run.</summary>
    /// <param name="items">The pictures.</param>
    /// <param name="pictureShape">The shape of a prepared picture, <c>[C, H, W]</c>.</param>
    /// <param name="prepare">Resizes and scales a picture into a tensor of that shape; called from several threads at once.</param>
    /// <param name="options">Threads, memory, and what to do with unreadable pictures.</param>
    /// <exception cref="ArgumentException">The shape has not three dimensions, or an option is out of range.</exception>
    public BatchLoader(
        IReadOnlyList<DatasetItem> items, Shape pictureShape, Action<Image, Tensor> prepare, BatchLoaderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(prepare);
        if (pictureShape.Rank != 3 || pictureShape.ElementCount == 0)
        {
            throw new ArgumentException($"BatchLoader: pictureShape must be [C, H, W] without a zero, got {pictureShape}.", nameof(pictureShape));
        }

        _options = options ?? new BatchLoaderOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.PrefetchBatches, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(_options.Threads, nameof(options));
        _items = items;
        _prepare = prepare;
        PictureShape = pictureShape;
        _scope = new TensorScope(_pool);
        if (PictureCache.BytesFor(items.Count, pictureShape) <= _options.CacheBytes && items.Count > 0)
        {
            _cache = new PictureCache(items.Count, pictureShape, _scope);
        }
    }

    /// <summary>The shape of one prepared picture, <c>[C, H, W]</c>.</summary>
    public Shape PictureShape { get; }

    /// <summary>Whether prepared pictures are kept in memory.</summary>
    public bool IsCaching => _cache is not null;

    /// <summary>How many pictures are kept in memory so far.</summary>
    public int CachedCount => _cache?.Count ?? 0;

    internal object Gate { get; } = new();

    /// <summary>Starts to make batches ready. A run that is not finished is ended.</summary>
    /// <param name="order">
    /// Indices of items, in the order in which they are wanted; an item may occur more than once. Must not change during the run.
    /// </param>
    /// <param name="batchSize">Pictures a batch; the last one is smaller where the order does not divide.</param>
    /// <param name="cancellation">Ends the run: the next batch throws.</param>
    /// <exception cref="ArgumentException">An index without item, or a batch size under 1.</exception>
    public BatchRun Begin(ReadOnlyMemory<int> order, int batchSize, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        foreach (int index in order.Span)
        {
            if ((uint)index >= (uint)_items.Count)
            {
                throw new ArgumentException($"BatchLoader.Begin: order holds {index}, there are {_items.Count} items.", nameof(order));
            }
        }

        _run?.Dispose();
        int slots = _options.PrefetchBatches + 1;
        // A buffer for a batch larger than the whole order would be wasted.
        int room = Math.Max(1, Math.Min(batchSize, order.Length));
        var run = new BatchRun(this, order, batchSize, Ring(slots, room), ChunkSize(room), _options.OnUnreadable, cancellation);
        StartThreads();
        lock (Gate)
        {
            _run = run;
            Monitor.PulseAll(Gate);
        }

        return run;
    }

    /// <summary>Ends the run, the threads and the buffers.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _run?.Dispose();
        lock (Gate)
        {
            _stopping = true;
            Monitor.PulseAll(Gate);
        }

        foreach (Thread thread in _threads)
        {
            thread.Join();
        }

        _scope.Dispose();
        _pool.Trim();
    }

    /// <summary>Forgets a run that has ended. Called with the gate held.</summary>
    internal void Forget(BatchRun run)
    {
        if (_run == run)
        {
            _run = null;
        }
    }

    private static Shape ShapeOf(Preprocessing preprocessing)
    {
        ArgumentNullException.ThrowIfNull(preprocessing);
        preprocessing.Validate();
        return new Shape(preprocessing.Channels, preprocessing.Height, preprocessing.Width);
    }

    // Beside a loop that computes on all processors, half of them keep ahead; the others decode only while the loop waits for pictures.
    private int SteadyCount => _options.Threads > 0 ? _options.Threads : Math.Clamp(Workers.ThreadCount / 2, 1, 4);

    private int ThreadCount => Math.Max(SteadyCount, _options.Threads > 0 ? 0 : Workers.ThreadCount);

    // Small pictures are handed out several at a time, but so that all threads share every batch.
    private int ChunkSize(int batchSize) => Math.Clamp(batchSize / (4 * ThreadCount), 1, 16);

    private Tensor Ring(int slots, int batchSize)
    {
        Shape wanted = new(slots, batchSize, PictureShape[0], PictureShape[1], PictureShape[2]);
        if (_ring.IsEmpty || _ring.Shape != wanted)
        {
            if (!_ring.IsEmpty)
            {
                _scope.Release(_ring);
            }

            _ring = _scope.New(wanted);
        }

        return _ring;
    }

    private void StartThreads()
    {
        while (_threads.Count < ThreadCount)
        {
            bool steady = _threads.Count < SteadyCount;
            var thread = new Thread(() => Work(steady)) { IsBackground = true, Name = $"GoNoGo loader {_threads.Count + 1}" };
            _threads.Add(thread);
            thread.Start();
        }
    }

    private void Work(bool steady)
    {
        // The engine's threads belong to the training loop.
        using Workers.SerialRegion serial = Workers.RunSerially();
        while (true)
        {
            BatchRun run;
            int start;
            int count;
            lock (Gate)
            {
                while (!_stopping && (_run is null || !_run.HasWork || !(steady || _run.IsWaitedFor)))
                {
                    Monitor.Wait(Gate);
                }

                if (_stopping)
                {
                    return;
                }

                run = _run!;
                (start, count) = run.Take();
            }

            for (int position = start; position < start + count; position++)
            {
                Fill(run, position);
            }

            lock (Gate)
            {
                run.Done(start, count);
                Monitor.PulseAll(Gate);
            }
        }
    }

    private void Fill(BatchRun run, int position)
    {
        int index = run.ItemAt(position);
        try
        {
            Tensor place = run.PlaceOf(position);
            if (_cache is not null && _cache.TryGet(index, place))
            {
                return;
            }

            using (Image image = _options.Decoding is { } decoding ? _items[index].LoadImage(decoding) : _items[index].LoadImage())
            {
                _prepare(image, place);
            }

            _cache?.Put(index, place);
        }
        catch (Exception exception)
        {
            run.Fail(position, Named(exception, _items[index]));
        }
    }

    /// <summary>Why a picture could not be read, as an exception that names its file.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="item">The picture.</param>
    public static Exception Named(Exception exception, DatasetItem item)
    {
        ArgumentNullException.ThrowIfNull(exception);
        ArgumentNullException.ThrowIfNull(item);
        string path = item.FilePath ?? item.RelativePath;
        return exception switch
        {
            // What turns pixels into network input does not know the file.
            ImageFormatException when !exception.Message.Contains(path, StringComparison.Ordinal) => new ImageFormatException($"{path}: {exception.Message}", exception),
            ImageFormatException or DatasetException => exception,
            _ => new DatasetException(DatasetError.DamagedFile, path, "a readable picture", exception.Message.TrimEnd('.'), "restore the file or remove it", exception),
        };
    }
}
