using System.Diagnostics;
using GoNoGo.Detection.Detectors;
using GoNoGo.Detection.Options;
using GoNoGo.Detection.Training;
using GoNoGo.Tensors.Formats;
using GoNoGo.Vision.Datasets;

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
        _ = JpegScaleOption.Of(options);
        if (request.SeedCount < 1 || (ulong)(request.SeedCount - 1) > ulong.MaxValue - request.Seed)
        {
            throw new OptionException(FormattableString.Invariant($"{request.SeedCount} seeds from {request.Seed} on are none: give at least 1, and no seed beyond {ulong.MaxValue}"));
        }

        string checkpointFolder = request.Output + CheckpointExtension;
        bool resumes = RequireOutput(request, checkpointFolder);
        bool resumeWanted = request.Resume;
        request = request with { Resume = resumes };
        TrainingPlan plan = TrainingPlan.Of(request, entry, backbone, options, cancellation);
        var notes = new List<string>(plan.Notes);
        if (resumeWanted && !resumes)
        {
            notes.Add($"there is no checkpoint in '{checkpointFolder}', so the training begins at the start.");
        }

        using var run = new SeedRuns(request, plan, checkpointFolder, notes, progress, cancellation);
        return (request.SeedCount == 1 ? run.One() : run.Several()) with { Elapsed = clock.Elapsed };
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

        if (resumes && Checkpoints.IsOfOneSeed(checkpointFolder) != (request.SeedCount == 1))
        {
            throw new FileWriteException(request.SeedCount == 1
                ? $"'{checkpointFolder}' holds an interrupted training with several seeds; go on with the same --seeds, or add --force instead of --resume to begin anew."
                : $"'{checkpointFolder}' holds an interrupted training with one seed; go on without --seeds, or add --force instead of --resume to begin anew.");
        }

        OutputFile.Require(request.Output, request.Force || resumes);
        if (exists && !resumes && !request.Force)
        {
            throw new FileWriteException(
                $"'{checkpointFolder}' holds an interrupted training; add --resume to go on with it, or --force to begin anew.");
        }

        return resumes;
    }
}
