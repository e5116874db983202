using System.Globalization;
using GoNoGo.Detection.Models;
using GoNoGo.Detection.Scoring;
using GoNoGo.Evaluating;
using GoNoGo.Reports;
using GoNoGo.Tensors.Memory;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Datasets.Loading;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Inspecting;

/// <summary>
/// Judges pictures with a trained model: <c>Inspector.Load("bottle.gonogo").Inspect("part.png")</c>. A score never depends on
/// other pictures. Several threads may use one inspector at the same time.
/// </summary>
public sealed class Inspector : IDisposable
{
    private const int BatchSize = 4;

    private readonly LoadedModel _model;
    private readonly DisplayScale _display;

    private Inspector(LoadedModel model, float threshold)
    {
        _model = model;
        Threshold = threshold;
        _display = DisplayScale.Of(model.Calibration.Scores, threshold);
    }

    /// <summary>The threshold that verdicts are made with.</summary>
    public float Threshold { get; }

    /// <summary>The map value from which a pixel counts as defective; null where the model has none.</summary>
    public float? PixelThreshold => _model.Manifest.PixelThreshold?.Value;

    /// <summary>The colours of the model's heat maps; null where it has no pixel threshold.</summary>
    public HeatScale? HeatScale => Reports.HeatScale.Of(_model);

    /// <summary>What the model says about itself.</summary>
    public Manifest Manifest => _model.Manifest;

    private ImageDecoderOptions Decoding => _model.Scorer.Frame.Preprocessing.Decoding();

    /// <summary>Loads a model.</summary>
    /// <param name="path">The model file.</param>
    /// <param name="threshold">Used instead of the model's; required where it has none.</param>
    /// <param name="weights">The file of the backbone's weights for a model that does not hold them; from the store of weights where null.</param>
    /// <exception cref="ModelException">The model cannot be used, or has no threshold and none is given, or its scores depend on other pictures.</exception>
    public static Inspector Load(string path, float? threshold = null, string? weights = null)
    {
        if (threshold is { } given && float.IsNaN(given))
        {
            throw new ArgumentException("Inspector.Load: the threshold is not a number; every part would be go.", nameof(threshold));
        }

        LoadedModel model = Models.ModelLoader.Load(path, weights);
        if (model.Detector.BatchDependence is { } reason)
        {
            model.Dispose();
            throw new ModelException(
                $"the model '{path}' cannot judge single pictures: {reason}, so that a score depends on more than the picture; use 'gonogo evaluate', which takes the published batches, or train without that option.");
        }

        float? value = threshold ?? model.Manifest.ImageThreshold?.Value;
        if (value is null)
        {
            model.Dispose();
            throw new ModelException($"the model '{path}' has no threshold; give one with --threshold X, or store one with 'gonogo threshold {path} --value X'.");
        }

        return new Inspector(model, value.Value);
    }

    /// <summary>Judges one picture file.</summary>
    /// <exception cref="ImageFormatException">The file is no picture, damaged, or of a kind that is not supported.</exception>
    public Inspection Inspect(string path)
    {
        using Image image = ImageDecoder.Load(path, Decoding);
        return Inspect(image, path);
    }

    /// <summary>Judges one encoded picture (PNG, JPEG, TIFF, BMP, PNM).</summary>
    /// <param name="encoded">The bytes of the file.</param>
    /// <param name="name">What to call it.</param>
    /// <exception cref="ImageFormatException">As <see cref="Inspect(string)"/>.</exception>
    public Inspection Inspect(ReadOnlySpan<byte> encoded, string name)
    {
        using Image image = ImageDecoder.Decode(encoded, Decoding);
        return Inspect(image, name);
    }

    /// <summary>Judges a frame as it lies in a camera's buffer, without a file between.</summary>
    /// <param name="samples">The bytes of the frame, top row first; of 16-bit samples the lower byte first.</param>
    /// <param name="width">Pixels a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="layout">Order and size of the samples.</param>
    /// <param name="stride">Bytes from the beginning of a row to that of the next; 0 where there is no gap between rows.</param>
    /// <param name="name">What to call it.</param>
    /// <exception cref="ArgumentException">Sizes, stride, layout and number of samples do not fit together; names what was expected.</exception>
    /// <exception cref="ImageFormatException">The model's intensity range counts samples of another depth.</exception>
    public Inspection Inspect(ReadOnlySpan<byte> samples, int width, int height, PixelLayout layout, int stride = 0, string name = "frame")
    {
        using Image image = FrameReader.Read(samples, width, height, layout, stride);
        return Inspect(image, name);
    }

    /// <inheritdoc cref="Inspect(ReadOnlySpan{byte}, int, int, PixelLayout, int, string)"/>
    /// <param name="samples">The 16-bit samples of the frame, top row first.</param>
    /// <param name="width">Pixels a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="layout"><see cref="PixelLayout.Gray16"/> or <see cref="PixelLayout.Rgb48"/>.</param>
    /// <param name="stride">Bytes, an even number, from the beginning of a row to that of the next; 0 where there is no gap between rows.</param>
    /// <param name="name">What to call it.</param>
    public Inspection Inspect(ReadOnlySpan<ushort> samples, int width, int height, PixelLayout layout, int stride = 0, string name = "frame")
    {
        using Image image = FrameReader.Read(samples, width, height, layout, stride);
        return Inspect(image, name);
    }

    /// <summary>
    /// Judges many picture files in order; decoding runs ahead on other threads and memory does not grow with the number.
    /// </summary>
    /// <param name="paths">The files.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <returns>For each file its inspection, or why it could not be read.</returns>
    public IEnumerable<InspectionOutcome> InspectAll(IReadOnlyList<string> paths, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var items = new PathItems(paths);
        var options = new BatchLoaderOptions { CacheBytes = 0, OnUnreadable = UnreadablePictures.Report };
        foreach (ScoredPicture scored in _model.Scorer.ScoreAll(items, BatchSize, options, wantsPictures: true, cancellation))
        {
            PathItem item = items.Take(scored.Index);
            yield return scored.Failure is { } failure
                ? new InspectionOutcome(item.RelativePath, null, failure.Message, [], null)
                : new InspectionOutcome(
                    item.RelativePath,
                    Make(item.RelativePath, item.Format.Width, item.Format.Height, scored),
                    null,
                    Differences(item.Format),
                    scored.ToRgb(_model.Scorer.Frame.Preprocessing))
                {
                    HasAlpha = item.Format.HasAlpha,
                    IsTurned = item.Format.IsTurned,
                    Pages = item.Format.Pages,
                };
        }
    }

    /// <summary>Gives the model's memory back.</summary>
    public void Dispose() => _model.Dispose();

    private Inspection Inspect(Image image, string name)
    {
        using var scope = new TensorScope();
        ScoredPicture scored;
        try
        {
            scored = _model.Scorer.Score(image, scope);
        }
        catch (ImageFormatException exception)
        {
            throw new ImageFormatException($"{name}: {exception.Message}", exception);
        }

        return Make(name, image.FullWidth, image.FullHeight, scored);
    }

    private Inspection Make(string name, int width, int height, in ScoredPicture scored)
    {
        float score = scored.Score;
        if (float.IsNaN(score))
        {
            throw new ModelException($"the model gives no number as the score of '{name}'; it is damaged or did not train: train anew.");
        }

        PictureRegion region = _model.Scorer.Frame.ViewOf(width, height).Covered;
        (int mapWidth, int mapHeight) = (scored.Map.Shape[1], scored.Map.Shape[0]);
        return new Inspection(
            name,
            score,
            Threshold,
            score >= Threshold ? Verdict.NoGo : Verdict.Go,
            new AnomalyMap(scored.Map.ToArray(), mapWidth, mapHeight, new MapRegion(region.X, region.Y, region.Width, region.Height)))
        {
            DisplayScore = _display.Of(score),
            Defects = DefectList.Find(scored.Map.Span, mapWidth, mapHeight, PixelThreshold, region, width, height),
        };
    }

    /// <summary>How a picture differs from those the model was trained on.</summary>
    private List<string> Differences(PictureFormat format) => DifferencesTo(Manifest.TrainingData, format);

    /// <summary>How a picture differs from training pictures; empty where it does not.</summary>
    internal static List<string> DifferencesTo(TrainingData data, PictureFormat format)
    {
        var differences = new List<string>();
        if (format.Width < data.Widths[0] || format.Width > data.Widths[^1] || format.Height < data.Heights[0] || format.Height > data.Heights[^1])
        {
            differences.Add(string.Create(CultureInfo.InvariantCulture,
                $"size {format.Width} x {format.Height}, trained on {data.Widths[0]} x {data.Heights[0]}{(data.Widths[0] == data.Widths[^1] && data.Heights[0] == data.Heights[^1] ? "" : $" to {data.Widths[^1]} x {data.Heights[^1]}")}"));
        }

        if (!data.Channels.Contains(format.Channels))
        {
            differences.Add(string.Create(CultureInfo.InvariantCulture, $"{format.Channels} channel(s), trained on {string.Join(" or ", data.Channels)}"));
        }

        if (data.BitDepths is { } depths && !depths.Contains(format.BitDepth))
        {
            differences.Add(string.Create(CultureInfo.InvariantCulture, $"{format.BitDepth}-bit samples, trained on {string.Join(" or ", depths)}-bit"));
        }

        return differences;
    }
}

/// <summary>What became of one of many pictures.</summary>
/// <param name="Name">The file as it was given.</param>
/// <param name="Inspection">The finding; null where the picture could not be read.</param>
/// <param name="Error">Why it could not be read; null where it could.</param>
/// <param name="Differences">How it differs from the training pictures; empty where it does not.</param>
/// <param name="Rgb">The picture as the model saw it, 8-bit RGB of the map's size <c>[H, W, 3]</c>, for drawing a heat map over it.</param>
public sealed record InspectionOutcome(string Name, Inspection? Inspection, string? Error, IReadOnlyList<string> Differences, byte[]? Rgb)
{
    /// <summary>Whether the picture has an alpha channel, which is ignored.</summary>
    public bool HasAlpha { get; init; }

    /// <summary>Whether the file says that the picture is to be turned (EXIF orientation), which is ignored.</summary>
    public bool IsTurned { get; init; }

    /// <summary>Pictures in the file, of which the first was judged.</summary>
    public int Pages { get; init; } = 1;
}
