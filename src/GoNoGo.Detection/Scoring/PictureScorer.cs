using System.Runtime.ExceptionServices;
using GoNoGo.Detection.Detectors;
using GoNoGo.Detection.Training;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Datasets.Loading;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Detection.Scoring;

/// <summary>
/// Scores pictures with the networks of a model through a <see cref="PictureFrame"/>, whole or in tiles. Calibration,
/// evaluation and inspection all come here, so that they cannot drift apart.
/// </summary>
/// <param name="detectors">The networks.</param>
/// <param name="frame">What of a picture they see.</param>
/// <param name="levels">What good parts score at each position of a tile; null: the networks' own scores and maps.</param>
public sealed class PictureScorer(DetectorSet detectors, PictureFrame frame, TileLevels? levels = null)
{
    private const int UsualBatch = 8;

    private readonly TileScorer? _tiles = frame.Tiles is null ? null : new TileScorer(detectors, frame);

    /// <summary>What of a picture the detector sees.</summary>
    public PictureFrame Frame => frame;

    /// <inheritdoc cref="IDetector.BatchDependence"/>
    public string? BatchDependence => detectors.First.BatchDependence;

    /// <summary>Pictures that are scored at once: as many as in a training step where that changes scores.</summary>
    public int BatchSize => BatchDependence is null ? UsualBatch : detectors.First.Options.Integer("batch-size");

    /// <summary>Scores one decoded picture.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="scope">Owns the map afterwards.</param>
    /// <exception cref="ImageFormatException">The picture does not suit the model.</exception>
    public ScoredPicture Score(Image image, TensorScope scope)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(scope);
        if (_tiles is not null)
        {
            return _tiles.Score(image, 0, wantsPicture: false, scope, levels);
        }

        IDetector detector = detectors.First;
        Preprocessing preprocessing = frame.Preprocessing;
        Tensor input = scope.New(new Shape(1, preprocessing.Channels, preprocessing.Height, preprocessing.Width));
        frame.Run(image, input.Span);
        FrameView view = frame.ViewOf(image.FullWidth, image.FullHeight);
        Tensor maps = scope.New(new Shape(1, detector.MapHeight, detector.MapWidth));
        Span<float> score = stackalloc float[1];
        detector.Score(input, view.Judged, score, maps);
        JudgedPixels.Clear(maps.Span, view.Judged);
        return new ScoredPicture(0, null, score[0], maps[0], input[0], view.Judged);
    }

    /// <summary>Scores many pictures in order; decoding runs ahead on other threads and memory does not grow with their number.</summary>
    /// <param name="items">The pictures.</param>
    /// <param name="batchSize">Pictures that are scored at once; it changes no score but where there is a <see cref="BatchDependence"/>.</param>
    /// <param name="options">How they are loaded.</param>
    /// <param name="wantsPictures">Whether <see cref="ScoredPicture.ToRgb"/> will be asked.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <returns>Each picture's finding, valid until the next is asked for.</returns>
    public IEnumerable<ScoredPicture> ScoreAll(
        IReadOnlyList<DatasetItem> items, int batchSize, BatchLoaderOptions? options = null, bool wantsPictures = false, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(items);
        return _tiles is null
            ? ScoreWhole(items, batchSize, options, cancellation)
            : ScoreTiles(_tiles, items, _ => levels, null, options?.OnUnreadable == UnreadablePictures.Report, wantsPictures, cancellation);
    }

    /// <summary>Finds what good pictures score at each position, and judges each of them by what the others say.</summary>
    /// <param name="items">Good pictures of one size, held out from the fit; at least <see cref="TileLevels.FewestPictures"/>.</param>
    /// <param name="cancellation">Stops between two pictures.</param>
    /// <returns>The levels of all, and each picture's finding, valid until the next is asked for; null where scores are no finite numbers.</returns>
    public (TileLevels Levels, IEnumerable<ScoredPicture> Pictures)? ScoreByLevels(IReadOnlyList<DatasetItem> items, CancellationToken cancellation)
    {
        TileLevelMeter? meter = null;
        foreach (ScoredPicture _ in ScoreTiles(_tiles!, items, _ => null, view => meter ??= new TileLevelMeter(view.Grid!.Value), false, false, cancellation))
        {
        }

        return meter!.Levels() is { } all && Enumerable.Range(0, items.Count).All(index => meter.Levels(index) is not null)
            ? (all, ScoreTiles(_tiles!, items, index => meter.Levels(index), null, false, false, cancellation))
            : null;
    }

    private IEnumerable<ScoredPicture> ScoreTiles(
        TileScorer tiles, IReadOnlyList<DatasetItem> items, Func<int, TileLevels?> levelsOf, Func<FrameView, TileLevelMeter>? meterOf, bool reports, bool wantsPictures, CancellationToken cancellation)
    {
        using var scope = new TensorScope();
        int index = 0;
        foreach ((Image? image, Exception? failure) in DecodeAhead.Run(items, cancellation))
        {
            scope.Reset();
            ScoredPicture scored = new(index, failure, 0, default, default, default);
            if (image is not null)
            {
                try
                {
                    TileLevelMeter? meter = meterOf?.Invoke(frame.ViewOf(image.Width, image.Height));
                    meter?.BeginPicture();
                    scored = tiles.Score(image, index, wantsPictures, scope, levelsOf(index), meter);
                }
                catch (ImageFormatException exception)
                {
                    scored = scored with { Failure = BatchLoader.Named(exception, items[index]) };
                }
            }

            if (scored.Failure is not null && !reports)
            {
                ExceptionDispatchInfo.Throw(scored.Failure);
            }

            yield return scored;
            index++;
        }
    }

    private IEnumerable<ScoredPicture> ScoreWhole(
        IReadOnlyList<DatasetItem> items, int batchSize, BatchLoaderOptions? options, CancellationToken cancellation)
    {
        using var source = new PictureSource(items, frame, options);
        foreach (ScoredPicture scored in ScoreAll(source, batchSize, cancellation))
        {
            yield return scored;
        }
    }

    /// <summary>Scores the pictures of a source in order, each in one piece.</summary>
    /// <param name="source">The pictures, seen through the same frame, which has no tiles.</param>
    /// <param name="batchSize">Pictures that are scored at once; it changes no score but where there is a <see cref="BatchDependence"/>.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <returns>Each picture's finding, valid until the next is asked for.</returns>
    public IEnumerable<ScoredPicture> ScoreAll(IPictureSource source, int batchSize, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        IDetector detector = detectors.First;
        using var scope = new TensorScope();
        var scores = new float[batchSize];
        int pixels = detector.MapWidth * detector.MapHeight;
        foreach (PictureBatch batch in source.Read(null, batchSize, cancellation))
        {
            scope.Reset();
            int count = batch.Images.Shape[0];
            Tensor maps = scope.New(new Shape(count, detector.MapHeight, detector.MapWidth));
            detector.Score(batch.Images, batch.Judged.Span, scores.AsSpan(0, count), maps);
            JudgedPixels.Clear(maps.Span, batch.Judged.Span);
            for (int b = 0; b < count; b++)
            {
                ReadOnlyMemory<byte> judged = batch.Judged.IsEmpty ? default : batch.Judged.Slice(b * pixels, pixels);
                Exception? failure = batch.Failures.Count > 0 ? batch.Failures[b] : null;
                yield return new ScoredPicture(batch.First + b, failure, scores[b], maps[b], batch.Images[b], judged);
            }
        }
    }
}

/// <summary>What was found on one picture.</summary>
/// <param name="Index">Its place in the order that was asked for.</param>
/// <param name="Failure">Why it could not be read; the rest means nothing then. Null where it could.</param>
/// <param name="Score">The image score.</param>
/// <param name="Map">The anomaly map <c>[H, W]</c>; NaN where nothing is judged.</param>
/// <param name="Input">The network input <c>[C, H, W]</c>; empty where the picture was judged in tiles.</param>
/// <param name="Judged">Which pixels of the map are judged, <c>[H, W]</c>; empty: all.</param>
public readonly record struct ScoredPicture(
    int Index, Exception? Failure, float Score, Tensor Map, Tensor Input, ReadOnlyMemory<byte> Judged)
{
    /// <summary>The picture as the model saw it, where it was judged in tiles and the picture was asked for.</summary>
    internal byte[]? Rgb { get; init; }

    /// <summary>The picture as the model saw it: 8-bit RGB of the map's size <c>[H, W, 3]</c>; one channel becomes gray.</summary>
    /// <param name="preprocessing">How its network input was scaled, which is undone.</param>
    public byte[] ToRgb(Preprocessing preprocessing)
    {
        ArgumentNullException.ThrowIfNull(preprocessing);
        if (Rgb is not null)
        {
            return Rgb;
        }

        int channels = Input.Shape[0];
        int pixels = Input.Shape[1] * Input.Shape[2];
        var rgb = new byte[pixels * 3];
        ReadOnlySpan<float> values = Input.Span;
        for (int i = 0; i < pixels; i++)
        {
            for (int c = 0; c < 3; c++)
            {
                int channel = channels == 1 ? 0 : c;
                rgb[(3 * i) + c] = ToByte(values[(channel * pixels) + i], channel, preprocessing);
            }
        }

        return rgb;
    }

    /// <summary>An input value as a sample, mean and deviation undone.</summary>
    internal static byte ToByte(float value, int channel, Preprocessing preprocessing)
    {
        value *= preprocessing.Deviation.Count > 0 ? preprocessing.Deviation[channel] : 1;
        value += preprocessing.Mean.Count > 0 ? preprocessing.Mean[channel] : 0;
        return (byte)Math.Clamp(MathF.Round(value * 255f), 0f, 255f);
    }

    /// <summary>The largest value of the map where it is judged.</summary>
    public float LargestMapValue => JudgedPixels.Largest(Map.Span, Judged.Span);
}
