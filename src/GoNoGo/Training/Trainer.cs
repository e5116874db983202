using System.Diagnostics;
using GoNoGo.Detection.Detectors;
using GoNoGo.Detection.Detectors.Features;
using GoNoGo.Detection.Models;
using GoNoGo.Detection.Options;
using GoNoGo.Detection.Training;
using GoNoGo.Tensors.Formats;
using GoNoGo.Tensors.Memory;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Imaging.Regions;

namespace GoNoGo.Training;

/// <summary>Trains a detector on the good pictures of a data set and writes the model file.</summary>
public static class Trainer
{
    /// <summary>The extension of a checkpoint folder beside the output.</summary>
    public const string CheckpointExtension = ".checkpoint";

    /// <summary>Trains.</summary>
    /// <param name="request">What to train.</param>
    /// <param name="progress">Told after every batch and epoch.</param>
    /// <param name="cancellation">Stops after the current batch; a checkpoint is kept.</param>
    /// <exception cref="OptionException">Wrong usage: an unknown detector, preset, option or value.</exception>
    /// <exception cref="DatasetException">The data cannot be used.</exception>
    /// <exception cref="FileWriteException">The output exists or cannot be written.</exception>
    /// <exception cref="OperationCanceledException">Stopped; the checkpoint goes on with <see cref="TrainRequest.Resume"/>.</exception>
    public static TrainResult Run(TrainRequest request, Action<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var clock = Stopwatch.StartNew();
        DetectorEntry entry = DetectorCatalog.Find(request.Detector);
        BackboneChoice? backbone = BackboneChoice.Of(request, entry, out IReadOnlyList<string> settings);
        OptionSet options = entry.Options.Create(request.Preset, settings);
        TileSettings.From(options);
        int jpegScale = JpegScaleOption.Of(options);
        string checkpointFolder = request.Output + CheckpointExtension;
        bool resumes = RequireOutput(request, checkpointFolder);
        bool resumeWanted = request.Resume;
        request = request with { Resume = resumes };

        Category category = Dataset.Open(request.DataFolder, request.Layout).Load(request.Category);
        var notes = new List<string>(category.Notes);
        if (resumeWanted && !resumes)
        {
            notes.Add($"there is no checkpoint in '{checkpointFolder}', so the training begins at the start.");
        }

        (DatasetItem[] fit, DatasetItem[] validation) = Divide(category, options, notes);
        DataFingerprint fingerprint = DataFingerprint.Of(category.Train, cancellation);
        notes.AddRange(fingerprint.Notes);
        if (jpegScale > 1)
        {
            notes.Add(JpegScaleNote.Of(jpegScale, fingerprint.JpegCount, category.Train.Count - fingerprint.JpegCount));
        }

        TrainingData trainingData = fingerprint.Describe(fit.Length, validation.Length, options.Integer("split-seed"));

        JudgedRegion? region = RegionChoice.Of(request, category, trainingData, notes);
        options = IntensityFinder.Resolve(options, fit, fingerprint.Depths, region, notes, cancellation);
        backbone = backbone?.Resolve(options, fit, region, notes, cancellation);

        using var training = new NetworkTraining(entry, options, request.Seed, region, trainingData, fit, validation, backbone, notes);
        StoredBackbone? stored = backbone?.Store(((FeatureDetector)training.Detectors.First).Features.WeightsSha256, request.BundleBackbone);
        // Only now: a run that fails on its options leaves the log of the model that stays.
        using var log = new TrainingLog(request.Output, request.Resume);
        log.Start(request, entry.Id, options, trainingData);
        if (!request.Resume)
        {
            // An older training's generations would count as newer than those of this one.
            Checkpoints.Remove(checkpointFolder);
        }

        (TrainingOutcome outcome, Calibration calibration) = training.Run(new TrainingControl
        {
            Seed = request.Seed,
            MaxMinutes = request.MaxMinutes,
            CheckpointFolder = checkpointFolder,
            Resume = request.Resume,
            Identity = Identity(request, entry, options, trainingData, region, stored),
            CheckpointInterval = request.CheckpointInterval,
            Cancellation = cancellation,
            Progress = report =>
            {
                log.Report(report);
                progress?.Invoke(report);
            },
        });

        if (outcome.StopReason == TrainingOutcome.Diverged)
        {
            notes.Add(string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"the training loss stopped being a number in epoch {outcome.Epochs}; the model has the weights of epoch {outcome.BestEpoch + 1}. A smaller learning rate (--set learning-rate=...) goes further."));
        }

        calibration = calibration with { TrainingPictures = fingerprint.Pictures };
        StoredThreshold? image = null;
        StoredThreshold? pixel = null;
        if (options["threshold-from"] == "validation")
        {
            (image, pixel) = ThresholdRules.FromNormals(calibration, options.Number("false-reject-rate"), notes);
        }

        var manifest = new Manifest
        {
            FormatVersion = Manifest.CurrentFormat,
            Detector = entry.Id,
            Options = new SortedDictionary<string, string>(options.Values.ToDictionary(), StringComparer.Ordinal),
            Backbone = stored,
            Preprocessing = training.Frame.Preprocessing,
            Region = StoredRegion.Of(region),
            Category = category.Name,
            Seed = request.Seed,
            TrainingData = trainingData,
            Training = outcome,
            MapWidth = training.Detectors.First.MapWidth,
            MapHeight = training.Detectors.First.MapHeight,
            ImageThreshold = image,
            PixelThreshold = pixel,
            Statistics = training.Detectors.Statistics,
        };
        using var bundle = new TensorScope();
        ModelFile.Write(
            request.Output, manifest, training.Detectors, calibration, region,
            stored is { IsBundled: true } ? BackboneBundle.Read(backbone!.Backbone, backbone.Levels, backbone.WeightsFile, bundle) : null);
        Checkpoints.Remove(checkpointFolder);
        log.End(manifest, notes, clock.Elapsed);
        return new TrainResult(request.Output, manifest, notes, clock.Elapsed);
    }

    /// <summary>Refuses to lose anything: a model, or the checkpoint of an interrupted training.</summary>
    /// <returns>Whether there is a checkpoint to go on from, and the caller wants it.</returns>
    private static bool RequireOutput(TrainRequest request, string checkpointFolder)
    {
        bool exists = Checkpoints.Exists(checkpointFolder);
        bool resumes = request.Resume && exists;
        if (request.Resume && !exists && File.Exists(request.Output) && !request.Force)
        {
            throw new FileWriteException(
                $"'{request.Output}' exists and '{checkpointFolder}' holds no checkpoint, so there is nothing to go on with; add --force to train anew.");
        }

        OutputFile.Require(request.Output, request.Force || resumes);
        if (exists && !resumes && !request.Force)
        {
            throw new FileWriteException(
                $"'{checkpointFolder}' holds an interrupted training; add --resume to go on with it, or --force to begin anew.");
        }

        return resumes;
    }

    /// <summary>The good pictures to fit and those held out.</summary>
    private static (DatasetItem[] Fit, DatasetItem[] Validation) Divide(Category category, OptionSet options, List<string> notes)
    {
        if (options["validation"] == "none")
        {
            return ([.. category.Train], []);
        }

        NormalSplit split = NormalSplit.Split(category.Train.Count, options.Number("split"), (ulong)options.Integer("split-seed"));
        if (options.Number("split") >= 1)
        {
            notes.Add("split=1 holds no pictures out: there is no early stopping and no threshold from held-out pictures.");
            return ([.. category.Train], []);
        }

        if (split.Fit.Length == 0 || split.Validation.Length == 0)
        {
            notes.Add($"{category.Train.Count} good picture(s) are too few to hold some out: all are fitted, there is no early stopping and no threshold from held-out pictures.");
            return ([.. category.Train], []);
        }

        return ([.. split.Fit.Select(index => category.Train[index])], [.. split.Validation.Select(index => category.Train[index])]);
    }

    /// <summary>What a checkpoint must agree with. Limits (max-epochs, max-minutes) may change between runs.</summary>
    private static Dictionary<string, string> Identity(TrainRequest request, DetectorEntry entry, OptionSet options, TrainingData data, JudgedRegion? region, StoredBackbone? backbone)
    {
        var identity = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["detector"] = entry.Id,
            // Other widths round differently: the end of a training would not be that of an uninterrupted one.
            ["vector width"] = ((int)Tensors.Simd.VectorWidths.Current).ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["version"] = MachineInfo.Version,
            ["seed"] = request.Seed.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["training pictures"] = data.Sha256,
        };
        if (region is not null)
        {
            identity["judged region"] = region.Hash();
        }

        if (backbone is not null)
        {
            identity["backbone"] = backbone.Id;
            identity["levels"] = string.Join(',', backbone.Levels);
            identity["backbone weights"] = backbone.Sha256;
            foreach ((string id, string value) in backbone.Options)
            {
                identity["backbone option " + id] = value;
            }
        }

        foreach ((string id, string value) in options.Values)
        {
            if (id != "max-epochs")
            {
                identity["option " + id] = value;
            }
        }

        return identity;
    }
}
