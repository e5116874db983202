namespace GoNoGo.Detection.Training;

/// <summary>What a training run is given besides data and options.</summary>
public sealed record TrainingControl
{
    /// <summary>Drives initialisation, order and noise.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Training ends after so many minutes with the best weights so far; null = no limit.</summary>
    public double? MaxMinutes { get; init; }

    /// <summary>Folder of the checkpoints; null = none are written.</summary>
    public string? CheckpointFolder { get; init; }

    /// <summary>Whether a checkpoint in the folder is continued.</summary>
    public bool Resume { get; init; }

    /// <summary>
    /// What a checkpoint must agree with before it is continued, by name (options, data fingerprint, seed): a difference is
    /// refused with the name and both values.
    /// </summary>
    public IReadOnlyDictionary<string, string> Identity { get; init; } = new Dictionary<string, string>();

    /// <summary>Shortest time between two checkpoints; they are written at the end of an epoch. Default 10 minutes.</summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Told after every batch and epoch, on the training thread.</summary>
    public Action<TrainingProgress>? Progress { get; init; }

    /// <summary>Stops the training after the current batch; a checkpoint is kept.</summary>
    public CancellationToken Cancellation { get; init; }
}

/// <summary>Where a training run stands.</summary>
/// <param name="Epoch">0-based epoch.</param>
/// <param name="MaxEpochs">Most epochs that will be run.</param>
/// <param name="Batch">Batches done in this epoch.</param>
/// <param name="Batches">Batches an epoch.</param>
/// <param name="Losses">Mean of each part of the training loss over the epoch so far, by name; <c>loss</c> is the total.</param>
/// <param name="ValidationLoss">The held-out loss, at the end of an epoch where pictures are held out.</param>
/// <param name="BestEpoch">The best epoch so far; -1 before the first.</param>
/// <param name="Elapsed">Time since the start of this run.</param>
/// <param name="IsEpochEnd">Whether this epoch is complete, its validation included.</param>
/// <param name="Note">What a reader must know, or null.</param>
public sealed record TrainingProgress(
    int Epoch,
    int MaxEpochs,
    int Batch,
    int Batches,
    IReadOnlyDictionary<string, double> Losses,
    double? ValidationLoss,
    int BestEpoch,
    TimeSpan Elapsed,
    bool IsEpochEnd,
    string? Note)
{
    /// <summary>What is done, and counted by <see cref="Batch"/> and <see cref="Batches"/>.</summary>
    public TrainingPass Pass { get; private init; }

    /// <summary>The seed of this training where several are trained; null where it is the only one.</summary>
    public ulong? Seed { get; init; }

    /// <summary>How many trainings come before this one.</summary>
    public int Run { get; init; }

    /// <summary>How many trainings there are in all.</summary>
    public int Runs { get; init; } = 1;

    /// <summary>A report of the pass of a backbone over the pictures, before any epoch.</summary>
    /// <param name="done">Pictures done.</param>
    /// <param name="all">Pictures of the pass.</param>
    /// <param name="elapsed">Time since its start.</param>
    public static TrainingProgress OfFeatures(int done, int all, TimeSpan elapsed) =>
        OfPass(TrainingPass.Features, done, all, elapsed);

    /// <summary>A report of the choice of the patches that a bank keeps.</summary>
    /// <param name="done">Patches chosen.</param>
    /// <param name="all">Patches to choose.</param>
    /// <param name="elapsed">Time since its start.</param>
    public static TrainingProgress OfChoice(int done, int all, TimeSpan elapsed) => OfPass(TrainingPass.Choice, done, all, elapsed);

    private static TrainingProgress OfPass(TrainingPass pass, int done, int all, TimeSpan elapsed) =>
        new(0, 1, done, all, new Dictionary<string, double>(), null, -1, elapsed, IsEpochEnd: false, null) { Pass = pass };
}

/// <summary>What a training does at a time.</summary>
public enum TrainingPass
{
    /// <summary>Batches of epochs.</summary>
    Epochs,

    /// <summary>A backbone looks at pictures; there are no losses.</summary>
    Features,

    /// <summary>Patches are chosen for a bank; there are no losses.</summary>
    Choice,
}
