namespace GoNoGo.Tensors.Kernels;

/// <summary>The function that a matrix multiply applies to each element of its result.</summary>
public enum MatrixActivation
{
    /// <summary>None: x.</summary>
    None,

    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>x / 2 * (1 + erf(x / sqrt 2)): the exact form, not the tanh approximation.</summary>
    Gelu,
}

/// <summary>
/// What a matrix multiply does with its sums while they are still in the cache:
/// <c>C = final(activation([C +] A B + column bias + row bias) + residual)</c>. The default does nothing.
/// </summary>
public readonly struct MatrixEpilogue
{
    /// <summary>Adds the product to what the destination holds instead of overwriting it.</summary>
    public bool Accumulate { get; init; }

    /// <summary>One value per column (output feature), <c>[N]</c>; or no tensor.</summary>
    public Tensor ColumnBias { get; init; }

    /// <summary>One value per row, <c>[M]</c>; or no tensor.</summary>
    public Tensor RowBias { get; init; }

    /// <summary>Applied after the biases.</summary>
    public MatrixActivation Activation { get; init; }

    /// <summary>Added after the activation, <c>[M, N]</c>; must not overlap the destination; or no tensor.</summary>
    public Tensor Residual { get; init; }

    /// <summary>Applied last.</summary>
    public MatrixActivation FinalActivation { get; init; }
}
