using GoNoGo.Detection.Models;

namespace GoNoGo.Detection.Training;

/// <summary>How the training with one of several seeds went.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Training">Epochs and loss; null where it failed.</param>
/// <param name="HeldOutMedian">The middle of the held-out good pictures' image scores; null without such pictures.</param>
/// <param name="HeldOutHighest">The largest of them.</param>
/// <param name="ImageThreshold">The threshold found from them; null where there is none.</param>
/// <param name="Failure">Why it has no model; null where it has.</param>
public sealed record SeedResult(
    ulong Seed, TrainingOutcome? Training, float? HeldOutMedian, float? HeldOutHighest, float? ImageThreshold, string? Failure = null)
{
    /// <summary>The loss that seeds are compared by: of the best epoch, on the held-out pictures (on the fitted ones where none are held out); null where there is none.</summary>
    public double? Loss => Training?.BestLoss is { } loss && double.IsFinite(loss) ? loss : null;

    /// <summary>
    /// The result whose model is kept: that of the smallest loss; of equal ones the first, and the first of all where a detector has no loss.
    /// Null where none has a model.
    /// </summary>
    public static SeedResult? Best(IReadOnlyList<SeedResult> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        return results.Where(result => result.Failure is null).OrderBy(result => result.Seed).MinBy(result => result.Loss ?? double.PositiveInfinity);
    }
}
