using System.Globalization;
using GoNoGo.Detection.Features;
using GoNoGo.Detection.Models;
using GoNoGo.Detection.Options;
using GoNoGo.Detection.Training;
using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Memory;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Detection.Detectors.Features;

/// <summary>
/// A head over the features of a frozen backbone. It gives every patch of the finest level a score; the map is their bilinear enlargement to
/// the backbone's input size, the image score a reduction of them.
/// </summary>
public abstract partial class FeatureDetector : IDetector
{
    private readonly WeightSource _source;
    private readonly TensorScope _scope;
    private readonly ScoringRoom.Pool _rooms;
    private readonly PatchReduction _reduction;
    private readonly bool _alignsCorners;
    private readonly double _smoothing;

    /// <summary>The part that all heads share.</summary>
    /// <param name="id">The id in the catalog.</param>
    /// <param name="options">The detector's options.</param>
    /// <param name="source">Where the head's tensors come from.</param>
    /// <param name="scope">Owns the head; disposed with the detector.</param>
    /// <param name="statistics">What the manifest holds; null for a new detector.</param>
    /// <param name="features">The backbone; disposed with the detector.</param>
    /// <param name="neighbourhood">Side of the square of patches over which features are averaged; 1 = none.</param>
    /// <param name="takesLive">Whether features may depend on the batch or on chance.</param>
    /// <exception cref="OptionException">There is no backbone, or its features depend on the batch, and the head does not take such.</exception>
    private protected FeatureDetector(
        string id, OptionSet options, WeightSource source, TensorScope scope, SortedDictionary<string, double>? statistics, FeatureExtractor? features, int neighbourhood,
        bool takesLive = false)
    {
        Id = id;
        Options = options ?? throw new ArgumentNullException(nameof(options));
        _source = source ?? throw new ArgumentNullException(nameof(source));
        _scope = scope ?? throw new ArgumentNullException(nameof(scope));
        Features = features ?? throw new OptionException($"detector '{id}' needs a backbone; name one with --backbone");
        if (!features.IsDeterministic && !takesLive)
        {
            throw new OptionException($"detector '{id}' needs features that depend on the picture alone; with backbone-mode=train they depend on the batch: leave it at eval");
        }

        Statistics = statistics ?? new SortedDictionary<string, double>(StringComparer.Ordinal);
        Preprocessing = features.Backbone.InputPreprocessing with { Intensity = IntensityOption.Range(options), JpegScale = JpegScaleOption.Of(options) };
        Stack = new PatchStack(features.Levels, neighbourhood);
        _rooms = new ScoringRoom.Pool(features.Levels.Count);
        _reduction = new PatchReduction(options);
        _alignsCorners = options[FeatureOptions.MapUpsampling.Id] == "align-corners";
        _smoothing = options.Number(FeatureOptions.MapSmoothing.Id);
    }

    /// <inheritdoc/>
    public string Id { get; }

    /// <inheritdoc/>
    public OptionSet Options { get; }

    /// <summary>The backbone with its weights.</summary>
    public FeatureExtractor Features { get; }

    /// <inheritdoc/>
    public Preprocessing Preprocessing { get; }

    /// <inheritdoc/>
    public int MapWidth => Features.Backbone.InputSize;

    /// <inheritdoc/>
    public int MapHeight => Features.Backbone.InputSize;

    /// <inheritdoc cref="IDetector.Parameters"/>
    public IReadOnlyList<Parameter> Parameters => _source.Parameters;

    /// <inheritdoc cref="IDetector.Buffers"/>
    public IReadOnlyList<KeyValuePair<string, Tensor>> Buffers => _source.Buffers;

    /// <inheritdoc/>
    public SortedDictionary<string, double> Statistics { get; }

    /// <inheritdoc/>
    public virtual long? PublishedParameterCount => null;

    /// <inheritdoc cref="IDetector.BatchDependence"/>
    public virtual string? BatchDependence =>
        Features.IsDeterministic ? null
        : Features.IsRandom ? "backbone-mode=train drops branches of the backbone at random"
        : "backbone-mode=train normalises with the statistics of the batch";

    /// <summary>Whether <see cref="Fit(IFeatureSource, IFeatureSource, TrainingControl)"/> looks at held-out pictures.</summary>
    public virtual bool UsesValidation => false;

    /// <summary>How levels become patches.</summary>
    private protected PatchStack Stack { get; }

    /// <summary>How patch scores become image scores.</summary>
    private protected PatchReduction Reduction => _reduction;

    /// <summary>Whether the fit passes patches over that cover no judged pixel: what they score means nothing then.</summary>
    private protected virtual bool PassesUnjudgedOver => false;

    /// <summary>Whether the head is there.</summary>
    private protected abstract bool IsFitted { get; }

    /// <inheritdoc/>
    public virtual TrainingOutcome Fit(IPictureSource fit, IPictureSource validation, TrainingControl control)
    {
        ArgumentNullException.ThrowIfNull(fit);
        ArgumentNullException.ThrowIfNull(control);
        using FeatureMemory own = FeatureMemory.Of(Features, fit, control.Cancellation);
        using FeatureMemory? held = UsesValidation ? FeatureMemory.Of(Features, validation, control.Cancellation) : null;
        return Fit(own, held ?? own, control);
    }

    /// <summary>Learns from the features of good pictures.</summary>
    /// <param name="fit">The pictures to fit.</param>
    /// <param name="validation">Held-out good pictures; looked at only where <see cref="UsesValidation"/>.</param>
    /// <param name="control">Seed, limits and reporting.</param>
    /// <exception cref="ModelException">A feature is no number, or memory does not suffice.</exception>
    /// <exception cref="OperationCanceledException">The caller stopped the training.</exception>
    public abstract TrainingOutcome Fit(IFeatureSource fit, IFeatureSource validation, TrainingControl control);

    /// <inheritdoc/>
    public void Score(Tensor images, ReadOnlySpan<byte> judged, Span<float> imageScores, Tensor maps)
    {
        if (!IsFitted)
        {
            throw new InvalidOperationException($"detector '{Id}' scores only after it was fitted or loaded.");
        }

        ScoringRoom room = _rooms.Rent();
        try
        {
            TensorScope scope = room.Scope;
            Features.Extract(images, scope, room.Levels);
            int batch = images.Shape[0];
            Tensor scores = scope.New(new Shape(batch, Stack.Rows, Stack.Columns));
            ScorePatches(room, scores);
            Tensor kept = scope.New(new Shape(Stack.Patches));
            for (int b = 0; b < batch; b++)
            {
                imageScores[b] = ImageScore(room, b, scores[b].Span, Scoring.JudgedPixels.Of(judged, b, batch), kept.Span);
            }

            if (!maps.IsEmpty)
            {
                for (int b = 0; b < batch && !judged.IsEmpty && PassesUnjudgedOver; b++)
                {
                    FillUnjudged(scores[b].Span, Scoring.JudgedPixels.Of(judged, b, batch), kept.Span);
                }

                WriteMaps(room, scores, maps);
                Smooth(scope, maps);
            }
        }
        finally
        {
            _rooms.Return(room);
        }
    }

    /// <summary>Gives the memory of head and backbone back.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives the memory of head and backbone back.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _rooms.Dispose();
            _scope.Dispose();
            Features.Dispose();
        }
    }

    /// <summary>Scores every patch.</summary>
    /// <param name="room">Holds the features of the batch in <see cref="ScoringRoom.Levels"/>.</param>
    /// <param name="scores">Receives <c>[B, h, w]</c>.</param>
    private protected abstract void ScorePatches(ScoringRoom room, Tensor scores);

    /// <summary>Sets the levels of a batch side by side in <see cref="ScoringRoom.Rows"/>, a row for each patch.</summary>
    private protected void StackRows(ScoringRoom room)
    {
        room.Rows = room.Scope.New(new Shape(room.Levels[0].Shape[0] * Stack.Patches, Stack.Width));
        Stack.Run(room.Levels, room.Scope, room.Rows);
    }

    /// <summary>Makes the maps of a batch.</summary>
    /// <param name="room">As after <see cref="ScorePatches"/>.</param>
    /// <param name="scores">The patch scores <c>[B, h, w]</c>.</param>
    /// <param name="maps">Receives the maps <c>[B, MapHeight, MapWidth]</c>.</param>
    private protected virtual void WriteMaps(ScoringRoom room, Tensor scores, Tensor maps) => Enlarge(scores, maps);

    /// <summary>Stretches scores <c>[B, h, w]</c> bilinearly by the rule of <c>map-upsampling</c>.</summary>
    private protected void Enlarge(Tensor scores, Tensor target) =>
        Interpolate.Forward(scores, InterpolationMode.Bilinear, _alignsCorners, target);

    /// <summary>The image score of one picture of a batch.</summary>
    /// <param name="room">As after <see cref="ScorePatches"/>.</param>
    /// <param name="picture">The picture.</param>
    /// <param name="scores">Its patch scores.</param>
    /// <param name="judged">Which pixels of its map are judged; empty: all.</param>
    /// <param name="kept">Room for as many numbers as there are patches.</param>
    private protected virtual float ImageScore(ScoringRoom room, int picture, ReadOnlySpan<float> scores, ReadOnlySpan<byte> judged, Span<float> kept)
    {
        int count = 0;
        for (int patch = 0; patch < scores.Length; patch++)
        {
            if (IsJudged(judged, patch))
            {
                kept[count++] = PatchScore(patch, scores[patch]);
            }
        }

        return _reduction.Of(kept[..count]);
    }

    /// <summary>What a patch counts in the image score, where that is not its score in the map.</summary>
    private protected virtual float PatchScore(int patch, float score) => score;

    /// <summary>Whether a patch covers a judged pixel of the map.</summary>
    private protected bool IsJudged(ReadOnlySpan<byte> judged, int patch)
    {
        if (judged.IsEmpty)
        {
            return true;
        }

        (int row, int column) = (patch / Stack.Columns, patch % Stack.Columns);
        int left = column * MapWidth / Stack.Columns;
        int width = Math.Max(1, (((column + 1) * MapWidth) + Stack.Columns - 1) / Stack.Columns - left);
        int bottom = (((row + 1) * MapHeight) + Stack.Rows - 1) / Stack.Rows;
        for (int y = row * MapHeight / Stack.Rows; y < bottom; y++)
        {
            if (judged.Slice((y * MapWidth) + left, width).IndexOfAnyExcept((byte)0) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Patches of a picture that cover a judged pixel.</summary>
    private protected int CountJudged(IFeatureSource source, int picture)
    {
        ReadOnlySpan<byte> judged = source.Judged(picture).Span;
        int count = judged.IsEmpty ? Stack.Patches : 0;
        for (int patch = 0; patch < Stack.Patches && !judged.IsEmpty; patch++)
        {
            count += IsJudged(judged, patch) ? 1 : 0;
        }

        return count;
    }

    /// <summary>Reads the patches of a picture that cover a judged pixel, in their order.</summary>
    /// <param name="source">The features.</param>
    /// <param name="picture">The picture.</param>
    /// <param name="scope">Owns what is needed on the way.</param>
    /// <param name="rows">Room for all patches <c>[h w, D]</c>.</param>
    /// <returns>The rows that were written, the first ones of <paramref name="rows"/>.</returns>
    /// <exception cref="ModelException">A feature is no number.</exception>
    private protected Tensor ReadJudged(IFeatureSource source, int picture, TensorScope scope, Tensor rows)
    {
        Stack.Read(source, picture, scope, rows);
        ReadOnlySpan<byte> judged = source.Judged(picture).Span;
        if (judged.IsEmpty)
        {
            return rows;
        }

        int count = 0;
        for (int patch = 0; patch < Stack.Patches; patch++)
        {
            if (IsJudged(judged, patch))
            {
                rows[patch].CopyTo(rows[count++]);
            }
        }

        return rows.Slice(0, count);
    }

    /// <summary>A tensor of the head: made anew for filling, or read.</summary>
    private protected Tensor Head(string name, Shape shape) => _source.GetBuffer(name, shape, 0);

    /// <summary>A count that the manifest of a loaded model must hold.</summary>
    /// <exception cref="OptionException">It is missing or no count.</exception>
    private protected int StoredCount(string name) =>
        Statistics.TryGetValue(name, out double value) && value >= 1 && value <= int.MaxValue && value == Math.Floor(value)
            ? (int)value
            : throw new OptionException($"its manifest has no usable number '{name}'");

    /// <summary>Refuses what would not fit into memory.</summary>
    /// <exception cref="ModelException">It would not; the message says what to do.</exception>
    private protected static void RequireMemory(long bytes, string what, string advice)
    {
        long there = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (there > 0 && bytes > there)
        {
            throw new ModelException(string.Create(
                CultureInfo.InvariantCulture, $"{what} need {bytes / 1e9:0.0} GB of memory, this machine has {there / 1e9:0.0}; {advice}."));
        }
    }

    /// <summary>
    /// Gives every patch that covers no judged pixel the mean of its judged neighbours, then these to theirs, and so on: a map is stretched over them, and
    /// what they score themselves must not shine into judged pixels.
    /// </summary>
    /// <param name="scores"><c>[h, w]</c>.</param>
    /// <param name="judged">As in <see cref="Score"/>.</param>
    /// <param name="rounds">Room for as many numbers as there are patches.</param>
    private void FillUnjudged(Span<float> scores, ReadOnlySpan<byte> judged, Span<float> rounds)
    {
        int left = 0;
        for (int patch = 0; patch < scores.Length; patch++)
        {
            bool known = IsJudged(judged, patch);
            rounds[patch] = known ? 0 : float.PositiveInfinity;
            left += known ? 0 : 1;
        }

        for (int round = 1; left > 0; round++)
        {
            for (int patch = 0; patch < scores.Length; patch++)
            {
                if (float.IsPositiveInfinity(rounds[patch]) && MeanOfKnown(scores, rounds, patch, round) is { } mean)
                {
                    (scores[patch], rounds[patch]) = (mean, round);
                    left--;
                }
            }
        }
    }

    /// <summary>The mean of the neighbours known before a round; null where there are none.</summary>
    private float? MeanOfKnown(ReadOnlySpan<float> scores, ReadOnlySpan<float> rounds, int patch, int round)
    {
        (int row, int column) = (patch / Stack.Columns, patch % Stack.Columns);
        double sum = 0;
        int count = 0;
        for (int y = Math.Max(0, row - 1); y <= Math.Min(Stack.Rows - 1, row + 1); y++)
        {
            for (int x = Math.Max(0, column - 1); x <= Math.Min(Stack.Columns - 1, column + 1); x++)
            {
                int other = (y * Stack.Columns) + x;
                if (rounds[other] < round)
                {
                    sum += scores[other];
                    count++;
                }
            }
        }

        return count > 0 ? (float)(sum / count) : null;
    }

    private void Smooth(TensorScope scope, Tensor maps)
    {
        if (_smoothing > 0)
        {
            Tensor smoothed = scope.New(maps.Shape);
            GaussianFilter.Run(maps, _smoothing, smoothed);
            smoothed.CopyTo(maps);
        }
    }
}
