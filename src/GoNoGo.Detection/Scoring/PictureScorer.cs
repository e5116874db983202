using GoNoGo.Detection.Detectors;
using GoNoGo.Detection.Training;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Datasets.Loading;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Detection.Scoring;

/// <summary>
/// Scores pictures with a detector through a <see cref="PictureFrame"/>. Calibration, evaluation and inspection all come here, so
/// that they cannot drift apart.
/// </summary>
/// <param name="detector">The detector.</param>
/// <param name="frame">What of a picture it sees.</param>
public sealed class PictureScorer(IDetector detector, PictureFrame frame)
{
    /// <summary>What of a picture the detector sees.</summary>
    public PictureFrame Frame => frame;

    /// <summary>Scores one decoded picture.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="scope">Owns the map afterwards.</param>
    /// <exception cref="ImageFormatException">The picture does not suit the model.</exception>
    public ScoredPicture Score(Image image, TensorScope scope)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(scope);
        Preprocessing preprocessing = frame.Preprocessing;
        Tensor input = scope.New(new Shape(1, preprocessing.Channels, preprocessing.Height, preprocessing.Width));
        frame.Run(image, input.Span);
        FrameView view = frame.ViewOf(image.Width, image.Height);
        Tensor maps = scope.New(new Shape(1, detector.MapHeight, detector.MapWidth));
        Span<float> score = stackalloc float[1];
        detector.Score(input, view.Judged, score, maps);
        JudgedPixels.Clear(maps.Span, view.Judged);
        return new ScoredPicture(0, null, score[0], maps[0], input[0], view.Judged);
    }

    /// <summary>Scores many pictures in order; decoding runs ahead on other threads and memory does not grow with their number.</summary>
    /// <param name="items">The pictures.</param>
    /// <param name="batchSize">Pictures that are scored at once; it changes no score.</param>
    /// <param name="options">How they are loaded.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <returns>Each picture's finding, valid until the next is asked for.</returns>
    public IEnumerable<ScoredPicture> ScoreAll(
        IReadOnlyList<DatasetItem> items, int batchSize, BatchLoaderOptions? options = null, CancellationToken cancellation = default)
    {
        using var source = new PictureSource(items, frame, options);
        foreach (ScoredPicture scored in ScoreAll(source, batchSize, cancellation))
        {
            yield return scored;
        }
    }

    /// <summary>Scores the pictures of a source in order.</summary>
    /// <param name="source">The pictures, seen through the same frame.</param>
    /// <param name="batchSize">Pictures that are scored at once; it changes no score.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <returns>Each picture's finding, valid until the next is asked for.</returns>
    public IEnumerable<ScoredPicture> ScoreAll(IPictureSource source, int batchSize, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
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
/// <param name="Input">The picture as the model saw it, <c>[C, H, W]</c>.</param>
/// <param name="Judged">Which pixels of the map are judged, <c>[H, W]</c>; empty: all.</param>
public readonly record struct ScoredPicture(
    int Index, Exception? Failure, float Score, Tensor Map, Tensor Input, ReadOnlyMemory<byte> Judged)
{
    /// <summary>The largest value of the map where it is judged.</summary>
    public float LargestMapValue => JudgedPixels.Largest(Map.Span, Judged.Span);
}
