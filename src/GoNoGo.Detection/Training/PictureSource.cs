using GoNoGo.Detection.Scoring;
using GoNoGo.Tensors;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Datasets.Loading;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Detection.Training;

/// <summary>Pictures of a data set, decoded and preprocessed on background threads.</summary>
public sealed class PictureSource : IPictureSource, IDisposable
{
    private readonly BatchLoader _loader;
    private readonly PictureFrame _frame;
    private readonly (int Width, int Height)[]? _sizes;

    /// <summary>A source over some pictures, seen whole.</summary>
    public PictureSource(IReadOnlyList<DatasetItem> items, Preprocessing preprocessing, BatchLoaderOptions? options = null)
        : this(items, new PictureFrame(preprocessing, null), options) { }

    /// <summary>A source over some pictures.</summary>
    /// <param name="items">The pictures.</param>
    /// <param name="frame">What of them is seen.</param>
    /// <param name="options">How they are loaded.</param>
    public PictureSource(IReadOnlyList<DatasetItem> items, PictureFrame frame, BatchLoaderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(frame);
        Count = items.Count;
        _frame = frame;
        if (frame.Region is not null)
        {
            _sizes = new (int, int)[items.Count];
            items = [.. items.Select((item, index) => new MeasuredItem(item, _sizes, index))];
        }

        Preprocessing preprocessing = frame.Preprocessing;
        _loader = new BatchLoader(
            items,
            new Shape(preprocessing.Channels, preprocessing.Height, preprocessing.Width),
            (image, destination) => frame.Run(image, destination.Span),
            (options ?? new BatchLoaderOptions()).For(preprocessing));
    }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public IEnumerable<PictureBatch> Read(int[]? order, int batchSize, CancellationToken cancellation = default)
    {
        int first = 0;
        int[] wanted = order ?? [.. Enumerable.Range(0, Count)];
        byte[] judged = [];
        using BatchRun run = _loader.Begin(wanted, batchSize, cancellation);
        while (run.TryNext(out Batch batch))
        {
            yield return new PictureBatch(batch.Images, first, batch.Failures) { Judged = Judged(batch, ref judged) };
            first += batch.Count;
        }
    }

    /// <summary>Ends the background threads.</summary>
    public void Dispose() => _loader.Dispose();

    /// <summary>The judged pixels of a batch; empty where all are.</summary>
    private ReadOnlyMemory<byte> Judged(Batch batch, ref byte[] buffer)
    {
        if (_sizes is null)
        {
            return default;
        }

        int pixels = _frame.Preprocessing.Width * _frame.Preprocessing.Height;
        bool all = true;
        for (int b = 0; b < batch.Count; b++)
        {
            byte[]? mask = batch.Failures[b] is null ? ViewOf(batch.Indices.Span[b]).Judged : null;
            if (all && mask is null)
            {
                continue;
            }

            if (buffer.Length < batch.Count * pixels)
            {
                buffer = new byte[batch.Count * pixels];
            }

            if (all)
            {
                buffer.AsSpan(0, b * pixels).Fill(1);
                all = false;
            }

            Span<byte> place = buffer.AsSpan(b * pixels, pixels);
            if (mask is null)
            {
                place.Fill(1);
            }
            else
            {
                mask.CopyTo(place);
            }
        }

        return all ? default : buffer.AsMemory(0, batch.Count * pixels);
    }

    private FrameView ViewOf(int index) => _frame.ViewOf(_sizes![index].Width, _sizes[index].Height);

    /// <summary>A picture that notes its size when it is decoded: which pixels are judged depends on it.</summary>
    private sealed class MeasuredItem(DatasetItem inner, (int Width, int Height)[] sizes, int index) : DatasetItem
    {
        public override string RelativePath => inner.RelativePath;

        public override bool IsDefective => inner.IsDefective;

        public override string DefectKind => inner.DefectKind;

        public override bool HasMask => inner.HasMask;

        public override string? MaskPath => inner.MaskPath;

        public override string? FilePath => inner.FilePath;

        public override PictureFormat Identify() => inner.Identify();

        public override Image LoadImage() => Measured(inner.LoadImage());

        public override Image LoadImage(ImageDecoderOptions options) => Measured(inner.LoadImage(options));

        public override Image? LoadMask() => inner.LoadMask();

        private Image Measured(Image image)
        {
            sizes[index] = (image.FullWidth, image.FullHeight);
            return image;
        }
    }
}
