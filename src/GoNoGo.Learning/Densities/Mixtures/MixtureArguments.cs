namespace GoNoGo.Learning.Densities.Mixtures;

/// <summary>
/// What the mixture kernels read and write, for N rows, D features and K components. Means and raw deviations are
/// <c>[N, D * K]</c> with flat index d * K + k.
/// </summary>
internal unsafe struct MixtureArguments
{
    /// <summary>Rows that one parallel item does: fixed, so that results do not depend on the thread count.</summary>
    public const int RowsPerItem = 2;

    public int Rows;
    public int Features;
    public int Components;
    public float Floor;
    public float WeightEpsilon;
    public bool Weighted;

    /// <summary>Targets <c>[N, D]</c>.</summary>
    public float* X;

    /// <summary>Mixture logits <c>[N, K]</c>.</summary>
    public float* Logits;

    /// <summary>Means <c>[N, D * K]</c>.</summary>
    public float* Means;

    /// <summary>Raw deviations <c>[N, D * K]</c>.</summary>
    public float* Raw;

    /// <summary>Log-likelihoods: <c>[N]</c>, or <c>[N, D]</c> per feature.</summary>
    public float* Result;

    /// <summary>Joint forms: the derivative of the row's result by each component's log density, <c>[N, K]</c>.</summary>
    public float* Responsibilities;

    /// <summary>Weighted components: each component's sum, <c>[N, K]</c>.</summary>
    public float* ComponentSums;

    /// <summary>Sum of sigma over D and K for each row, <c>[N]</c>; null when not wanted.</summary>
    public float* DeviationSums;

    /// <summary>Gradient of the result, in its shape.</summary>
    public float* GradientResult;

    // Gradients to write; null when not wanted. Those of X and the logits are added to, the other two overwritten or added to.
    public float* GradientX;
    public float* GradientLogits;
    public float* GradientMeans;
    public float* GradientRaw;
    public bool OverwriteMeans;
    public bool OverwriteRaw;
}
