namespace GoNoGo.Learning.Training;

/// <summary>
/// The stopping rule of Alber et al. 2024: a strictly smaller loss resets the counter, anything else (a NaN too) raises it,
/// and training stops when the counter exceeds the patience, that is after patience + 1 epochs in a row without improvement.
/// </summary>
public sealed class EarlyStopping
{
    /// <summary>A rule at its start, or going on from a stored state.</summary>
    /// <param name="patience">Epochs without improvement that are endured.</param>
    /// <param name="bestLoss">The smallest loss so far.</param>
    /// <param name="bestEpoch">Its epoch; -1 before the first.</param>
    /// <param name="epochsSinceBest">Epochs without improvement since.</param>
    public EarlyStopping(int patience, double bestLoss = double.PositiveInfinity, int bestEpoch = -1, int epochsSinceBest = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(patience);
        Patience = patience;
        BestLoss = bestLoss;
        BestEpoch = bestEpoch;
        EpochsSinceBest = epochsSinceBest;
    }

    /// <summary>Epochs without improvement that are endured.</summary>
    public int Patience { get; }

    /// <summary>The smallest loss so far.</summary>
    public double BestLoss { get; private set; }

    /// <summary>The 0-based epoch of the smallest loss; -1 before the first.</summary>
    public int BestEpoch { get; private set; }

    /// <summary>Epochs without improvement since.</summary>
    public int EpochsSinceBest { get; private set; }

    /// <summary>Whether training stops now.</summary>
    public bool ShouldStop => EpochsSinceBest > Patience;

    /// <summary>Takes an epoch's loss; true when it is the best so far and its weights are to be kept.</summary>
    public bool Observe(double loss, int epoch)
    {
        if (loss < BestLoss)
        {
            BestLoss = loss;
            BestEpoch = epoch;
            EpochsSinceBest = 0;
            return true;
        }

        EpochsSinceBest++;
        return false;
    }
}
