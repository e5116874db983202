namespace GoNoGo.Detection.Training;

/// <summary>Where a training stands between two batches: what a checkpoint must hold besides tensors.</summary>
internal sealed class TrainingState
{
    /// <summary>0-based epoch.</summary>
    public int Epoch { get; set; }

    /// <summary>Batches done in this epoch.</summary>
    public int Batch { get; set; }

    /// <summary>Steps done over all epochs.</summary>
    public long Step { get; set; }

    /// <summary>Sums over the pictures of this epoch so far: the loss, then its parts.</summary>
    public double[] LossSums { get; set; } = [];

    /// <summary>Pictures seen in this epoch so far.</summary>
    public int PicturesSeen { get; set; }

    /// <summary>The smallest loss so far.</summary>
    public double BestLoss { get; set; } = double.PositiveInfinity;

    /// <summary>Its epoch; -1 before the first.</summary>
    public int BestEpoch { get; set; } = -1;

    /// <summary>Epochs without improvement since.</summary>
    public int EpochsSinceBest { get; set; }

    /// <summary>Why the epochs ended; null while they go on. A training resumed with a reason only finishes.</summary>
    public string? StopReason { get; set; }
}
