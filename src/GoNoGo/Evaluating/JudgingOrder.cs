using GoNoGo.Detection.Models;
using GoNoGo.Vision.Datasets;

namespace GoNoGo.Evaluating;

/// <summary>The order in which test pictures are judged: their own, or the published one where scores depend on the batch.</summary>
/// <param name="Items">The test pictures.</param>
internal sealed record JudgingOrder(IReadOnlyList<DatasetItem> Items)
{
    private const string SplitSeed = "split-seed";

    /// <summary>The order for a model.</summary>
    /// <remarks>The published code of Alber et al. 2024 shuffles the list of test pictures as it does that of good ones, so that batches mix good and defective parts.</remarks>
    public static JudgingOrder Of(Category category, LoadedModel model)
    {
        if (model.Detector.BatchDependence is null)
        {
            return new JudgingOrder(category.Test);
        }

        int[] order = NormalSplit.Split(category.Test.Count, 1, (ulong)model.Detector.Options.Integer(SplitSeed)).Fit;
        return new JudgingOrder([.. order.Select(index => category.Test[index])]);
    }
}
