using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Features.Caching;
using GoNoGo.Detection.Scoring;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Detection.Features;

/// <summary>
/// The features of some pictures at every level, computed once: in memory as far as the limit allows, beyond it in the mapped file of the
/// cache. What the cache holds already is read instead of computed. A picture's features do not depend on what else is asked for.
/// </summary>
public sealed partial class FeatureTable : IFeatureSource, IDisposable
{
    private readonly MemoryPool _pool = new();
    private readonly TensorScope _scope;
    private readonly FeatureSetFile?[] _files;
    private readonly Tensor[] _memory;
    private int[][] _records = [];
    private readonly List<string> _notes = [];
    private readonly IReadOnlyList<DatasetItem> _items;
    private readonly PictureFrame _frame;

    private FeatureTable(FeatureExtractor extractor, IReadOnlyList<DatasetItem> items, PictureFrame frame)
    {
        (_items, _frame) = (items, frame);
        _scope = new TensorScope(_pool);
        Levels = extractor.Levels;
        Count = items.Count;
        _files = new FeatureSetFile?[Levels.Count];
        _memory = new Tensor[Levels.Count];
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
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Computes or fetches the features.</summary>
    /// <param name="extractor">The backbone; in evaluation mode.</param>
    /// <param name="items">The pictures.</param>
    /// <param name="frame">What of them the backbone sees, at its input size.</param>
    /// <param name="cache">Where features are kept; null: only in memory.</param>
    /// <param name="view">What else decides what is seen of a picture, beside the frame (tiles): part of the cache's key.</param>
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

        var table = new FeatureTable(extractor, items, frame);
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
            throw new FeatureCacheException("the feature cache was damaged while it was in use; run the command again, which computes anew what is damaged.");
        }
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Judged(int index)
    {
        if (_frame.Region is null || _frame.Tiles is not null)
        {
            return default;
        }

        PictureFormat format = _items[index].Identify();
        return _frame.ViewOf(format.Width, format.Height).Judged;
    }

    /// <summary>Leaves the cache to the next table, of this process or another, where all features are in memory; otherwise the files are still read.</summary>
    public void ReleaseCache()
    {
        for (int level = 0; IsInMemory && level < _files.Length; level++)
        {
            Drop(level);
        }
    }

    /// <summary>Gives memory and files back.</summary>
    public void Dispose()
    {
        _scope.Dispose();
        _pool.Trim();
        foreach (FeatureSetFile? file in _files)
        {
            file?.Dispose();
        }
    }
}
