namespace GoNoGo.Tensors.Kernels;

/// <summary>How logits are made from queries and keys: <c>logit = scale * q . k + bias</c>, then the mask.</summary>
public readonly record struct AttentionOptions
{
    /// <summary>Options with the given scale and neither bias nor mask.</summary>
    /// <param name="scale">Usually d^-0.5; VT-ADL's code uses the whole model width instead of d.</param>
    public AttentionOptions(float scale) => Scale = scale;

    /// <summary>Factor of the products.</summary>
    public float Scale { get; }

    /// <summary>
    /// Added to the logits: <c>[Bb, Ab, Nq, Nk]</c>, or none. Ab is 1 or the number of heads; Bb divides the batch, and batch
    /// item b uses b mod Bb (1 = the same for all; the windows of one image for shifted windows).
    /// </summary>
    public Tensor Bias { get; init; }

    /// <summary>
    /// A bias for many calls in the kernel's own layout, from <see cref="ScaledDotProductAttention.PackBias"/>, instead of <see cref="Bias"/>; or
    /// none. For the forward pass only.
    /// </summary>
    public Tensor PackedBias { get; init; }

    /// <summary>Which keys a query attends to (not 0 = attend), shaped like <see cref="Bias"/>; or none.</summary>
    public Tensor Mask { get; init; }

    /// <summary>
    /// What a masked logit becomes. Negative infinity (the default): a masked key has no weight, and a query that
    /// may attend to nothing gives zeros. -float.MaxValue (VT-ADL): such a query attends to all keys equally.
    /// </summary>
    public float MaskedLogit { get; init; } = float.NegativeInfinity;
}
