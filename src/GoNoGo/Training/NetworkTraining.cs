using System.Diagnostics;
using System.Globalization;
using GoNoGo.Detection.Detectors;
using GoNoGo.Detection.Detectors.Features;
using GoNoGo.Detection.Features;
using GoNoGo.Detection.Models;
using GoNoGo.Detection.Options;
using GoNoGo.Detection.Scoring;
using GoNoGo.Detection.Training;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors.Memory;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Imaging.Regions;

namespace GoNoGo.Training;

/// <summary>
/// The networks of a training, and their fit: one on whole pictures or on all tiles, or one after the other for each position of
/// a tile. Networks by position have a checkpoint each; one that was finished before an interruption is only read back.
/// </summary>
internal sealed class NetworkTraining : IDisposable
{
    private readonly DatasetItem[] _fit;
    private readonly DatasetItem[] _validation;
    private readonly int[] _positions = [];
    private readonly List<string> _notes;
    private readonly bool _isOneSize;

    /// <summary>Makes the networks with start values.</summary>
    /// <exception cref="OptionException">The options do not fit together or not to the pictures.</exception>
    public NetworkTraining(
        DetectorEntry entry, OptionSet options, ulong seed, JudgedRegion? region, TrainingData data, DatasetItem[] fit, DatasetItem[] validation,
        BackboneChoice? backbone, List<string> notes)
    {
        (_fit, _validation, _notes) = (fit, validation, notes);
        _isOneSize = data.Widths[0] == data.Widths[^1] && data.Heights[0] == data.Heights[^1];
        TileSettings? tiles = TileSettings.From(options);
        IDetector first = Create(entry, options, seed, backbone, notes);
        if (tiles is not null && first.BatchDependence is { } reason)
        {
            first.Dispose();
            throw new OptionException($"{reason}, which does not go with tiles: a tile's score would depend on the tiles beside it; leave out one of the two");
        }

        Frame = new PictureFrame(first.Preprocessing, region, tiles);
        Detectors = new DetectorSet(first);
        if (tiles is not { IsPerPosition: true })
        {
            return;
        }

        try
        {
            if (!_isOneSize)
            {
                throw new OptionException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"tile-model=per-position needs training pictures of one size, found {data.Widths[0]} x {data.Heights[0]} to {data.Widths[^1]} x {data.Heights[^1]}; use tile-model=shared"));
            }

            _positions = TilePositions.Of(Frame, data.Widths[0], data.Heights[0]);
        }
        finally
        {
            first.Dispose();
        }

        Detectors = new DetectorSet(data.Widths[0], data.Heights[0]);
        foreach (int position in _positions)
        {
            Detectors.Add(position, Create(entry, options, seed, backbone, []));
        }
    }

    /// <summary>The networks.</summary>
    public DetectorSet Detectors { get; }

    /// <summary>What of a picture they see.</summary>
    public PictureFrame Frame { get; }

    /// <summary>Fits and calibrates.</summary>
    /// <exception cref="OperationCanceledException">Stopped; a checkpoint was kept.</exception>
    public (TrainingOutcome Outcome, Calibration Calibration) Run(TrainingControl control)
    {
        var scorer = new PictureScorer(Detectors, Frame);
        if (Frame.Tiles is null)
        {
            using var fit = new PictureSource(_fit, Frame);
            using var validation = new PictureSource(_validation, Frame);
            TrainingOutcome whole = Detectors.First is FeatureDetector { Features.IsDeterministic: true } onFeatures
                ? FeatureTraining.Run(onFeatures, _fit, _validation, Frame, control, _notes)
                : Detectors.First.Fit(fit, validation, control);
            return (whole, Calibrator.Score(scorer, validation, control.Cancellation));
        }

        TrainingOutcome outcome = _positions.Length > 0 ? FitPositions(control) : FitTiles(Detectors.First, null, control);
        Calibration? calibration = null;
        if (Frame.Tiles.IsStandardised)
        {
            calibration = ReasonAgainstLevels() is null ? Calibrator.ScoreByLevels(scorer, _validation, control.Cancellation) : null;
            if (calibration is null)
            {
                _notes.Add($"tile-score=standardised is not possible: {ReasonAgainstLevels() ?? "the scores of the held-out good pictures are no finite numbers"}; the image score is the largest of the tiles' own scores (max).");
            }
        }

        return (outcome, calibration ?? Calibrator.Score(scorer, _validation, control.Cancellation));
    }

    /// <summary>Why there can be no levels of positions; null where there can.</summary>
    private string? ReasonAgainstLevels() =>
        !_isOneSize ? "the training pictures differ in size"
        : _validation.Length < TileLevels.FewestPictures ? string.Create(
            CultureInfo.InvariantCulture, $"it needs at least {TileLevels.FewestPictures} held-out good pictures, there are {_validation.Length}")
        : null;

    /// <summary>Gives the networks' memory back.</summary>
    public void Dispose() => Detectors.Dispose();

    private static IDetector Create(DetectorEntry entry, OptionSet options, ulong seed, BackboneChoice? backbone, List<string> notes)
    {
        var scope = new TensorScope();
        FeatureExtractor? features = null;
        try
        {
            features = backbone is null ? null : FeatureExtractor.Open(backbone.Backbone, backbone.Levels, backbone.WeightsFile);
            notes.AddRange(features?.Warnings ?? []);
            return entry.Create(options, WeightSource.Fresh(scope, seed), scope, null, features);
        }
        catch
        {
            scope.Dispose();
            features?.Dispose();
            throw;
        }
    }

    private TrainingOutcome FitTiles(IDetector detector, int? position, TrainingControl control)
    {
        using var fit = new TileSource(_fit, Frame, position);
        using var validation = new TileSource(_validation, Frame, position);
        return detector.Fit(fit, validation, control);
    }

    /// <summary>One network after the other. The outcome is that of the position with the largest loss, its epochs those of all.</summary>
    private TrainingOutcome FitPositions(TrainingControl control)
    {
        var clock = Stopwatch.StartNew();
        TrainingOutcome? worst = null;
        int epochs = 0;
        for (int i = 0; i < _positions.Length; i++)
        {
            int done = i;
            bool told = false;
            TrainingOutcome outcome = FitTiles(Detectors.Of(_positions[i]), _positions[i], control with
            {
                MaxMinutes = control.MaxMinutes is { } minutes ? Math.Max(0, minutes - clock.Elapsed.TotalMinutes) / (_positions.Length - i) : null,
                CheckpointFolder = control.CheckpointFolder is { } folder ? Checkpoints.PartOf(folder, _positions[i]) : null,
                Identity = new Dictionary<string, string>(control.Identity)
                {
                    ["tile position"] = _positions[i].ToString(CultureInfo.InvariantCulture),
                },
                Progress = control.Progress is null ? null : report =>
                {
                    control.Progress(Shifted(report, done, clock.Elapsed) with
                    {
                        Note = told ? report.Note : string.Create(CultureInfo.InvariantCulture, $"tile position {done + 1} of {_positions.Length}"),
                    });
                    told = true;
                },
            });
            epochs += outcome.Epochs;
            if (worst is null || (outcome.BestLoss ?? double.PositiveInfinity) > (worst.BestLoss ?? double.PositiveInfinity))
            {
                worst = outcome;
            }
        }

        return worst! with { Epochs = epochs };
    }

    /// <summary>A report of one position among all: epochs count on from position to position.</summary>
    private TrainingProgress Shifted(TrainingProgress report, int done, TimeSpan elapsed) => report with
    {
        Epoch = report.Epoch + (done * report.MaxEpochs),
        BestEpoch = report.BestEpoch < 0 ? -1 : report.BestEpoch + (done * report.MaxEpochs),
        MaxEpochs = report.MaxEpochs * _positions.Length,
        Elapsed = elapsed,
    };
}
