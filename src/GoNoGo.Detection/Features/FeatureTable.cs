using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Features.Caching;
using GoNoGo.Detection.Scoring;
using GoNoGo.Detection.Training;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Detection.Features;

/// <summary>
/// The features of some pictures at every level, computed once: in memory as far as the limit allows, beyond it in the mapped file of the
/// cache. What the cache holds already is read instead of computed. A picture's features do not depend on what else is asked for.
/// </summary>
public sealed class FeatureTable : IDisposable
{
    private const int BatchSize = 8;

    private readonly TensorScope _scope = new(new MemoryPool());
    private readonly FeatureSetFile?[] _files;
    private readonly Tensor[] _memory;
    private readonly long[][] _records;

    private FeatureTable(FeatureExtractor extractor, int count)
    {
        Levels = extractor.Levels;
        Count = count;
        _files = new FeatureSetFile?[Levels.Count];
        _memory = new Tensor[Levels.Count];
        _records = [.. Levels.Select(_ => new long[count])];
    }

    /// <summary>Pictures.</summary>
    public int Count { get; }

    /// <summary>The levels.</summary>
    public IReadOnlyList<FeatureLevel> Levels { get; }

    /// <summary>Pictures whose features were computed now at one level at least; the others came from the cache.</summary>
    public int ComputedCount { get; private set; }

    /// <summary>Whether all features are in memory.</summary>
    public bool IsInMemory => _memory.All(memory => !memory.IsEmpty);

    /// <summary>Sentences for people: the cache is used by another process, cannot be written, held damaged features.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>Computes or fetches the features.</summary>
    /// <param name="extractor">The backbone; in evaluation mode.</param>
    /// <param name="items">The pictures.</param>
    /// <param name="frame">What of them the backbone sees, at its input size.</param>
    /// <param name="cache">Where features are kept; null: only in memory.</param>
    /// <param name="view">What of a picture is seen, where it is not the whole (part of the cache's key).</param>
    /// <param name="progress">Told pictures done and all.</param>
    /// <param name="cancellation">Stops between two batches; what was computed stays in the cache.</param>
    /// <exception cref="ImageFormatException">A picture cannot be read.</exception>
    /// <exception cref="FeatureCacheException">Neither memory nor disk can hold the features.</exception>
    public static FeatureTable Build(
        FeatureExtractor extractor, IReadOnlyList<DatasetItem> items, PictureFrame frame, FeatureCache? cache,
        string view = "", Action<int, int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(extractor);
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(frame);
        if (!extractor.IsDeterministic)
        {
            throw new ArgumentException("FeatureTable.Build: features of training mode depend on the batch and cannot be kept.", nameof(extractor));
        }

        var table = new FeatureTable(extractor, items.Count);
        try
        {
            table.Fill(extractor, items, frame, cache, view, progress, cancellation);
            return table;
        }
        catch
        {
            table.Dispose();
            throw;
        }
    }

    /// <summary>The features of one picture, <c>[D, h, w]</c>.</summary>
    /// <param name="index">The picture.</param>
    /// <param name="level">The level's place in <see cref="Levels"/>.</param>
    /// <param name="destination">Receives D h w values.</param>
    public void Read(int index, int level, Span<float> destination)
    {
        if (!_memory[level].IsEmpty)
        {
            _memory[level][index].Span.CopyTo(destination);
        }
        else if (!_files[level]!.TryRead(_records[level][index], destination))
        {
            throw new FeatureCacheException("the feature cache changed while it was in use; run the command again.");
        }
    }

    /// <summary>Gives memory and files back.</summary>
    public void Dispose()
    {
        _scope.Dispose();
        foreach (FeatureSetFile? file in _files)
        {
            file?.Dispose();
        }
    }

    private static int Values(FeatureLevel level) => level.Width * level.Rows * level.Columns;

    private void Fill(
        FeatureExtractor extractor, IReadOnlyList<DatasetItem> items, PictureFrame frame, FeatureCache? cache,
        string view, Action<int, int>? progress, CancellationToken cancellation)
    {
        long bytes = Levels.Sum(level => (long)Values(level)) * sizeof(float) * Count;
        bool inMemory = bytes <= (cache?.Options ?? new FeatureCacheOptions()).MostMemoryBytes;
        OpenFiles(extractor, frame, cache, view);
        if (!inMemory && _files.Any(file => file is not { CanWrite: true }))
        {
            // Without a file that we may fill there is only memory.
            inMemory = true;
        }

        for (int level = 0; inMemory && level < Levels.Count; level++)
        {
            FeatureLevel shape = Levels[level];
            _memory[level] = _scope.New(new Shape(Math.Max(Count, 1), shape.Width, shape.Rows, shape.Columns));
        }

        byte[][] hashes = cache?.Options.Folder is null ? [] : [.. items.Select(PictureHash.Of)];
        int[] missing = [.. Enumerable.Range(0, Count).Where(index => hashes.Length == 0 || !TryFetch(index, hashes[index]))];
        ComputedCount = missing.Length;
        progress?.Invoke(Count - missing.Length, Count);
        if (missing.Length > 0)
        {
            Compute(extractor, items, frame, missing, hashes, progress, cancellation);
        }

        if (!inMemory)
        {
            foreach (FeatureSetFile? file in _files)
            {
                file!.Map();
            }
        }

        cache?.Trim();
    }

    private void OpenFiles(FeatureExtractor extractor, PictureFrame frame, FeatureCache? cache, string view)
    {
        try
        {
            for (int level = 0; cache is not null && level < Levels.Count; level++)
            {
                _files[level] = cache.Open(extractor, Levels[level], frame.Preprocessing, view);
                if (_files[level] is { CanWrite: false } && Notes.Count == 0)
                {
                    Notes.Add("another process fills the feature cache; features that it lacks are computed for this run alone.");
                }
            }
        }
        catch (FeatureCacheException exception)
        {
            Notes.Add(exception.Message);
            for (int level = 0; level < _files.Length; level++)
            {
                _files[level]?.Dispose();
                _files[level] = null;
            }
        }
    }

    /// <summary>Takes a picture from the cache, where every level of it is there and whole.</summary>
    private bool TryFetch(int index, byte[] hash)
    {
        for (int level = 0; level < Levels.Count; level++)
        {
            long record = _files[level]?.Find(hash) ?? -1;
            if (record < 0)
            {
                return false;
            }

            _records[level][index] = record;
            Span<float> destination = _memory[level].IsEmpty ? new float[Values(Levels[level])] : _memory[level][index].Span;
            if (!_files[level]!.TryRead(record, destination))
            {
                Notes.Add("the feature cache held damaged features; they were computed anew.");
                return false;
            }
        }

        return true;
    }

    private void Compute(
        FeatureExtractor extractor, IReadOnlyList<DatasetItem> items, PictureFrame frame, int[] missing, byte[][] hashes,
        Action<int, int>? progress, CancellationToken cancellation)
    {
        using var source = new PictureSource(items, frame);
        using var scope = new TensorScope();
        int done = 0;
        foreach (PictureBatch batch in source.Read(missing, BatchSize, cancellation))
        {
            scope.Reset();
            int count = batch.Images.Shape[0];
            Tensor[] features = extractor.Extract(batch.Images, scope);
            for (int level = 0; level < Levels.Count; level++)
            {
                Keep(level, features[level], missing.AsSpan(batch.First, count), hashes);
            }

            done += count;
            progress?.Invoke(Count - missing.Length + done, Count);
        }
    }

    private void Keep(int level, Tensor features, ReadOnlySpan<int> pictures, byte[][] hashes)
    {
        FeatureSetFile? file = _files[level];
        if (file is { CanWrite: true })
        {
            int first = file.Count;
            var keys = new byte[pictures.Length][];
            for (int b = 0; b < pictures.Length; b++)
            {
                keys[b] = hashes[pictures[b]];
                _records[level][pictures[b]] = first + b;
            }

            try
            {
                file.Append(keys, features.Span);
            }
            catch (FeatureCacheException exception) when (!_memory[level].IsEmpty)
            {
                // The run goes on with what memory holds.
                Notes.Add(exception.Message);
                file.Dispose();
                _files[level] = null;
            }
        }

        for (int b = 0; b < pictures.Length && !_memory[level].IsEmpty; b++)
        {
            features[b].CopyTo(_memory[level][pictures[b]]);
        }
    }
}
