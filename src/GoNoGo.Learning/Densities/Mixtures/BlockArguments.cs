namespace GoNoGo.Learning.Densities.Mixtures;

/// <summary>
/// What the kernels of <see cref="BlockedMixture"/> read and write: the outputs of a block of F features and all K components for S rows
/// (S: the rows N rounded up to whole vectors), rows innermost.
/// </summary>
internal unsafe struct BlockArguments
{
    /// <summary>Rows that one parallel item does: fixed, so that results do not depend on the thread count.</summary>
    public const int ChunkRows = 64;

    /// <summary>S: a multiple of 16.</summary>
    public int Stride;

    /// <summary>F: features of the block.</summary>
    public int Features;

    public int Components;
    public float Floor;

    /// <summary>The modelled values <c>[F, S]</c>.</summary>
    public float* Targets;

    /// <summary>Logarithms of the mixture weights <c>[K, S]</c>.</summary>
    public float* LogWeights;

    /// <summary>Means <c>[F * K, S]</c>; replaced by their gradients where <see cref="Upstream"/> is given.</summary>
    public float* Means;

    /// <summary>Raw deviations <c>[F * K, S]</c>; replaced by their gradients where <see cref="Upstream"/> is given.</summary>
    public float* Raw;

    /// <summary>Room for <c>[K, ChunkRows]</c> numbers an item.</summary>
    public float* Terms;

    /// <summary>Sums so far: of the features' log-likelihoods <c>[S]</c>; joint form: of each component's terms <c>[K, S]</c>.</summary>
    public double* Sums;

    /// <summary>Derivative of the loss by each row's log-likelihood <c>[S]</c>, 0 beyond the rows there are; null: values only.</summary>
    public float* Upstream;

    /// <summary>Derivative of the loss by each log weight <c>[K, S]</c>: the per-feature form adds to it, the joint form reads it.</summary>
    public float* Shares;

    /// <summary>Receives the derivative of the loss by the modelled values <c>[F, S]</c>; null when not wanted.</summary>
    public float* TargetGradients;

    /// <summary>The items that cover all rows.</summary>
    public readonly int Chunks => (Stride + ChunkRows - 1) / ChunkRows;

    /// <summary>The rows of an item: a multiple of 16.</summary>
    public readonly int RowsOf(int chunk) => Math.Min(ChunkRows, Stride - (chunk * ChunkRows));

    /// <summary>The item's own room.</summary>
    public readonly float* TermsOf(int chunk) => Terms + ((long)chunk * ChunkRows * Components);

    /// <summary>Where an output of a feature and component has the item's first row.</summary>
    public readonly long At(int feature, int component, int chunk) =>
        ((((long)feature * Components) + component) * Stride) + (chunk * ChunkRows);
}
