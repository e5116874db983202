using GoNoGo.Tensors;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Datasets.Loading;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Detection.Training;

/// <summary>Pictures of a data set, decoded and preprocessed on background threads.</summary>
public sealed class PictureSource : IPictureSource, IDisposable
{
    private readonly BatchLoader _loader;

    /// <summary>A source over some pictures.</summary>
    public PictureSource(IReadOnlyList<DatasetItem> items, Preprocessing preprocessing, BatchLoaderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(preprocessing);
        Count = items.Count;
        _loader = new BatchLoader(
            items,
            new Shape(preprocessing.Channels, preprocessing.Height, preprocessing.Width),
            (image, destination) => preprocessing.Run(image, destination.Span),
            options);
    }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public IEnumerable<PictureBatch> Read(int[]? order, int batchSize, CancellationToken cancellation = default)
    {
        int first = 0;
        using BatchRun run = _loader.Begin(order ?? [.. Enumerable.Range(0, Count)], batchSize, cancellation);
        while (run.TryNext(out Batch batch))
        {
            yield return new PictureBatch(batch.Images, first, batch.Failures);
            first += batch.Count;
        }
    }

    /// <summary>Ends the background threads.</summary>
    public void Dispose() => _loader.Dispose();
}
