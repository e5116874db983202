using GoNoGo.Learning.Autograd;

namespace GoNoGo.Learning.Densities.Mixtures;

/// <summary>
/// The two wide linear maps of a mixture density network and what they are applied to: means and raw deviations are
/// <c>input weight^T + bias</c>, with flat index d * K + k. Their outputs <c>[N, D * K]</c> are never formed as a whole.
/// </summary>
public readonly record struct MixtureMaps
{
    /// <summary>What the mean map sees <c>[N, H]</c>.</summary>
    public required Variable MeanInput { get; init; }

    /// <summary><c>[D * K, H]</c>.</summary>
    public required Variable MeanWeight { get; init; }

    /// <summary><c>[D * K]</c>.</summary>
    public required Variable MeanBias { get; init; }

    /// <summary>What the deviation map sees <c>[N, H]</c>; where it is the mean map's input, the same variable.</summary>
    public required Variable DeviationInput { get; init; }

    /// <summary><c>[D * K, H]</c>.</summary>
    public required Variable DeviationWeight { get; init; }

    /// <summary><c>[D * K]</c>.</summary>
    public required Variable DeviationBias { get; init; }
}
