namespace GoNoGo.Tensors.Kernels;

/// <summary>Where a backward kernel puts one gradient. <c>default</c>: this gradient is not wanted.</summary>
/// <param name="tensor">Destination.</param>
/// <param name="accumulate">True: add to it; false: overwrite every element.</param>
public readonly struct GradientTarget(Tensor tensor, bool accumulate)
{
    /// <summary>The destination; empty when the gradient is not wanted.</summary>
    public Tensor Tensor { get; } = tensor;

    /// <summary>Whether to add (else overwrite).</summary>
    public bool Accumulate { get; } = accumulate;

    /// <summary>Whether the gradient is wanted.</summary>
    public bool IsWanted => !Tensor.IsEmpty;
}
