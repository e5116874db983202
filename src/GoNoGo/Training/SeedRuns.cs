using System.Diagnostics;
using GoNoGo.Detection.Models;
using GoNoGo.Detection.Training;
using GoNoGo.Tensors.Formats;

namespace GoNoGo.Training;

/// <summary>Runs a plan with its seed, or with several seeds one after the other.</summary>
internal sealed class SeedRuns(
    TrainRequest request, TrainingPlan plan, string checkpointFolder, List<string> notes, Action<TrainingProgress>? progress, CancellationToken cancellation) : IDisposable
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private TrainingLog? _log;

    /// <summary>One seed; its checkpoint is the folder itself.</summary>
    public TrainResult One()
    {
        using SeededTraining training = Begin(request.Seed);
        (Manifest manifest, Calibration calibration) = training.Run(request.Output, Control(checkpointFolder, request.MaxMinutes, null, 0));
        notes.AddRange(training.Notes);
        return End(manifest, [ResultOf(manifest, calibration)]);
    }

    /// <summary>Ends the log.</summary>
    public void Dispose() => _log?.Dispose();

    /// <summary>
    /// Several seeds. A finished one is never trained again; of the finished models only the best is kept, and moved to the output
    /// at the end: it has the bytes of a training with that seed alone.
    /// </summary>
    public TrainResult Several()
    {
        var checkpoint = new SeedCheckpoint(checkpointFolder);
        List<SeedResult>? results = null;
        var failed = new List<SeedResult>();
        ModelException? failure = null;
        for (int i = 0; i < request.SeedCount; i++)
        {
            ulong seed = request.Seed + (ulong)i;
            if (results?.Any(result => result.Seed == seed) == true)
            {
                continue;
            }

            using SeededTraining training = Begin(seed);
            Dictionary<string, string> identity = IdentityOf(training);
            results ??= request.Resume ? checkpoint.Read(identity) : [];
            if (results.Any(result => result.Seed == seed))
            {
                continue;
            }

            try
            {
                (Manifest manifest, Calibration calibration) = training.Run(checkpoint.ModelOf(seed), Control(checkpoint.FolderOf(seed), MinutesFor(i, results), seed, i));
                results.Add(ResultOf(manifest, calibration));
                checkpoint.Write(identity, results);
                _log!.Seed(results[^1]);
            }
            catch (ModelException exception) when (exception.IsDivergence)
            {
                failure ??= exception;
                failed.Add(new SeedResult(seed, null, null, null, null, exception.Message));
                Checkpoints.Remove(checkpoint.FolderOf(seed));
                _log!.Seed(failed[^1]);
            }

            notes.AddRange(training.Notes.Except(notes).ToArray());
        }

        SeedResult[] wanted = [.. results!.Where(result => result.Seed - request.Seed < (ulong)request.SeedCount).OrderBy(result => result.Seed)];
        return Keep(checkpoint, SeedResult.Best(wanted) ?? throw failure!, [.. wanted.Concat(failed).OrderBy(result => result.Seed)]);
    }

    private TrainResult Keep(SeedCheckpoint checkpoint, SeedResult best, SeedResult[] results)
    {
        string model = checkpoint.ModelOf(best.Seed);
        if (!File.Exists(model))
        {
            // Fewer seeds than before, and the best of all was another: only its model was kept.
            throw new ModelException($"the checkpoint '{checkpointFolder}' keeps only the model of the best seed, which is not among the {request.SeedCount} asked for; give at least as many --seeds as before, or --force instead of --resume.");
        }

        if (best.Loss is null)
        {
            notes.Add(FormattableString.Invariant($"'{plan.Entry.Id}' has no validation loss to choose by: the model of the first seed, {best.Seed}, is kept."));
        }

        foreach (SeedResult result in results.Where(result => result.Failure is not null))
        {
            notes.Add(FormattableString.Invariant($"seed {result.Seed} has no model: {result.Failure}"));
        }

        try
        {
            File.Move(model, request.Output, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new FileWriteException($"cannot write '{request.Output}': {exception.Message}; its checkpoint is kept, repeat the command with --resume.", exception);
        }

        return End(ModelFile.ReadManifest(request.Output), results);
    }

    /// <summary>Makes the networks; the first time the log too.</summary>
    private SeededTraining Begin(ulong seed)
    {
        var training = new SeededTraining(plan, seed, request.BundleBackbone);
        if (_log is null)
        {
            try
            {
                // Only now: a run that fails on its options leaves the log of the model that stays.
                _log = new TrainingLog(request.Output, request.Resume);
                _log.Start(request, plan.Entry.Id, plan.Options, plan.Data);
                if (!request.Resume)
                {
                    // An older training's generations would count as newer than those of this one.
                    Checkpoints.Remove(checkpointFolder);
                }
            }
            catch
            {
                training.Dispose();
                throw;
            }
        }

        return training;
    }

    private TrainResult End(Manifest manifest, IReadOnlyList<SeedResult> results)
    {
        Checkpoints.Remove(checkpointFolder);
        _log!.End(manifest, notes, results, _clock.Elapsed);
        return new TrainResult(request.Output, manifest, notes, _clock.Elapsed) { Seeds = results };
    }

    private TrainingControl Control(string folder, double? maxMinutes, ulong? seed, int run) => new()
    {
        MaxMinutes = maxMinutes,
        CheckpointFolder = folder,
        Resume = request.Resume,
        CheckpointInterval = request.CheckpointInterval,
        Cancellation = cancellation,
        Progress = report =>
        {
            report = report with { Seed = seed, Run = run, Runs = request.SeedCount };
            _log!.Report(report);
            progress?.Invoke(seed is null ? report : report with { Elapsed = _clock.Elapsed });
        },
    };

    /// <summary>What remains of the time, shared by the seeds that remain.</summary>
    private double? MinutesFor(int index, List<SeedResult> results) => request.MaxMinutes is not { } minutes
        ? null
        : Math.Max(0, minutes - _clock.Elapsed.TotalMinutes)
            / Enumerable.Range(index, request.SeedCount - index).Count(i => results.All(result => result.Seed != request.Seed + (ulong)i));

    /// <summary>What all seeds have in common; seeds that were trained with other limits could not be compared.</summary>
    private Dictionary<string, string> IdentityOf(SeededTraining training)
    {
        var identity = new Dictionary<string, string>(training.Identity, StringComparer.Ordinal)
        {
            ["seed"] = request.Seed.ToString(System.Globalization.CultureInfo.InvariantCulture),
        };
        foreach ((string id, string value) in plan.Options.Values)
        {
            identity["option " + id] = value;
        }

        return identity;
    }

    private static SeedResult ResultOf(Manifest manifest, Calibration calibration)
    {
        float[] scores = [.. calibration.Scores.Order()];
        bool any = scores.Length > 0;
        return new SeedResult(manifest.Seed, manifest.Training, any ? scores[scores.Length / 2] : null, any ? scores[^1] : null, manifest.ImageThreshold?.Value);
    }
}
