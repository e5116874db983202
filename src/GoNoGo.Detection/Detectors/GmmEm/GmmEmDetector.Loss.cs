using GoNoGo.Detection.Features;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Detection.Detectors.GmmEm;

/// <content>The loss that models of several seeds are compared by.</content>
public sealed partial class GmmEmDetector
{
    /// <summary>Held-out pictures tell how good the mixture is; they do not change it.</summary>
    public override bool UsesValidation => true;

    /// <summary>The mean of -log p(x) over all judged patches, p the density of the features themselves: models with other axes can be compared. Null where none is judged.</summary>
    /// <param name="source">Good pictures, at least one.</param>
    /// <param name="cancellation">Stops between two pictures.</param>
    private double? MeanNegativeLog(IFeatureSource source, CancellationToken cancellation)
    {
        using var scope = new TensorScope();
        double sum = 0;
        long count = 0;
        for (int picture = 0; picture < source.Count; picture++)
        {
            cancellation.ThrowIfCancellationRequested();
            scope.Reset();
            Tensor rows = ReadJudged(source, picture, scope, scope.New(new Shape(Stack.Patches, Stack.Width)));
            Tensor scores = scope.New(new Shape(rows.Shape[0]));
            ScoreRows(rows, scope, scores);
            foreach (float score in scores.Span)
            {
                sum += score;
            }

            count += rows.Shape[0];
        }

        return count > 0 ? (sum / count) + LogVolume() : null;
    }

    /// <summary>What patch scores leave out of the negative logarithm of the features' density: the volumes of the whitening and of the Gaussian beyond the axes.</summary>
    private double LogVolume()
    {
        double sum = 0;
        foreach (double variance in _variances)
        {
            sum += 0.5 * Math.Log(variance);
        }

        return _residualVariance > 0 ? sum + (0.5 * (Stack.Width - _variances.Length) * Math.Log(2 * Math.PI * _residualVariance)) : sum;
    }
}
