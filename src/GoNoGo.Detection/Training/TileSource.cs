using GoNoGo.Detection.Scoring;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Random;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Datasets.Loading;
using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Regions;

namespace GoNoGo.Detection.Training;

/// <summary>
/// The tiles of pictures, each a sample of its own. An epoch's order draws some pictures, as many as are kept decoded, and
/// shuffles their tiles, then draws the next: a large picture is not decoded anew for each of its tiles.
/// </summary>
public sealed class TileSource : IPictureSource, IDisposable
{
    /// <summary>Memory for decoded pictures; one is kept however large it is.</summary>
    private const long DecodedBytes = 256L << 20;

    private readonly PictureFrame _frame;
    private readonly Sample[] _samples;
    private readonly (int First, int Count)[] _pictures;
    private readonly int _group;
    private readonly BatchLoader _loader;

    /// <summary>The tiles that hold a judged pixel.</summary>
    /// <param name="items">The pictures.</param>
    /// <param name="frame">How they are cut.</param>
    /// <param name="position">Only the tile of this number; null: all.</param>
    /// <exception cref="ImageFormatException">A picture's header cannot be read, or nothing of the region is left in it.</exception>
    public TileSource(IReadOnlyList<DatasetItem> items, PictureFrame frame, int? position = null)
    {
        ArgumentNullException.ThrowIfNull(items);
        _frame = frame ?? throw new ArgumentNullException(nameof(frame));
        var samples = new List<Sample>();
        _pictures = new (int, int)[items.Count];
        long largest = 1;
        for (int i = 0; i < items.Count; i++)
        {
            PictureFormat format = items[i].Identify();
            FrameView view = ViewOf(items[i], format);
            int first = samples.Count;
            samples.AddRange(view.JudgedTiles().Where(tile => position is null || tile == position).Select(tile => new Sample(i, tile, view)));
            _pictures[i] = (first, samples.Count - first);
            largest = Math.Max(largest, (long)format.Width * format.Height * format.Channels * format.BitDepth / 8);
        }

        _samples = [.. samples];
        _group = (int)Math.Clamp(DecodedBytes / largest / 2, 1, int.MaxValue / 2);
        var cache = new BoxCache(items, frame, _group * 2);
        Preprocessing input = frame.Preprocessing;
        _loader = new BatchLoader([.. _samples.Select(sample => new TileItem(items[sample.Picture], sample, cache))], input);
    }

    /// <summary>Number of tiles, over all pictures.</summary>
    public int Count => _samples.Length;

    /// <inheritdoc/>
    public int[] Shuffle(RandomStream random)
    {
        int[] pictures = random.Permutation(_pictures.Length);
        var order = new List<int>(Count);
        for (int start = 0; start < pictures.Length; start += _group)
        {
            int[] tiles = [.. pictures.Skip(start).Take(_group).SelectMany(index => Enumerable.Range(_pictures[index].First, _pictures[index].Count))];
            int[] within = random.Child((ulong)start).Permutation(tiles.Length);
            order.AddRange(within.Select(place => tiles[place]));
        }

        return [.. order];
    }

    /// <inheritdoc/>
    public IEnumerable<PictureBatch> Read(int[]? order, int batchSize, CancellationToken cancellation = default)
    {
        int first = 0;
        byte[] judged = [];
        using BatchRun run = _loader.Begin(order ?? [.. Enumerable.Range(0, Count)], batchSize, cancellation);
        while (run.TryNext(out Batch batch))
        {
            yield return new PictureBatch(batch.Images, first, batch.Failures) { Judged = Judged(batch, ref judged) };
            first += batch.Count;
        }
    }

    /// <summary>Ends the background threads.</summary>
    public void Dispose() => _loader.Dispose();

    private ReadOnlyMemory<byte> Judged(Batch batch, ref byte[] buffer)
    {
        Preprocessing input = _frame.Preprocessing;
        int pixels = input.Width * input.Height;
        int length = batch.Count * pixels;
        if (buffer.Length < length)
        {
            buffer = new byte[length];
        }

        bool all = true;
        for (int b = 0; b < batch.Count; b++)
        {
            Sample sample = _samples[batch.Indices.Span[b]];
            all &= sample.View.MaskTile(sample.Tile, input.Width, buffer.AsSpan(b * pixels, pixels));
        }

        return all ? default : buffer.AsMemory(0, length);
    }

    private FrameView ViewOf(DatasetItem item, PictureFormat format)
    {
        try
        {
            return _frame.ViewOf(format.Width, format.Height);
        }
        catch (ImageFormatException exception)
        {
            throw BatchLoader.Named(exception, item);
        }
    }

    private sealed record Sample(int Picture, int Tile, FrameView View);

    /// <summary>One tile as a picture of its own.</summary>
    private sealed class TileItem(DatasetItem picture, Sample sample, BoxCache boxes) : DatasetItem
    {
        public override string RelativePath => picture.RelativePath;

        public override bool IsDefective => picture.IsDefective;

        public override string DefectKind => picture.DefectKind;

        public override bool HasMask => false;

        public override string? FilePath => picture.FilePath;

        public override PictureFormat Identify() => picture.Identify();

        public override Image LoadImage()
        {
            Image box = boxes.Get(sample.Picture);
            return box.Width == sample.View.Box.Width && box.Height == sample.View.Box.Height
                ? RegionCut.Copy(box, sample.View.Grid!.Value[sample.Tile])
                : throw new ImageFormatException("the picture has another size than its header says; restore the file.");
        }

        public override Image? LoadMask() => null;
    }
}
