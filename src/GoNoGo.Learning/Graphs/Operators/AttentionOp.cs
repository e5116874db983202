using GoNoGo.Tensors;

namespace GoNoGo.Learning.Graphs.Operators;

/// <summary>Where the fused projection <c>[N, F]</c> keeps queries, keys and values.</summary>
/// <param name="Heads">A.</param>
/// <param name="KeyWidth">d of queries and keys.</param>
/// <param name="ValueWidth">e of values.</param>
/// <param name="IsHeadMajor">Rows of [A, q | k | v] (EfficientFormer) instead of [q of all heads | k | v] (ViT, Swin).</param>
public sealed record AttentionLayout(int Heads, int KeyWidth, int ValueWidth, bool IsHeadMajor = false)
{
    /// <summary>F: features of a row.</summary>
    public int Features => Heads * ((2 * KeyWidth) + ValueWidth);

    /// <summary>Features from one head's queries to the next head's.</summary>
    public int KeyStride => IsHeadMajor ? (2 * KeyWidth) + ValueWidth : KeyWidth;

    /// <summary>Features from one head's values to the next head's.</summary>
    public int ValueStride => IsHeadMajor ? (2 * KeyWidth) + ValueWidth : ValueWidth;

    /// <summary>The feature where the keys begin.</summary>
    public int FirstKey => IsHeadMajor ? KeyWidth : Heads * KeyWidth;

    /// <summary>The feature where the values begin.</summary>
    public int FirstValue => 2 * FirstKey;
}

/// <summary>A learned table of additions to the logits, spread over queries and keys by an index.</summary>
/// <param name="Table"><c>[entries, A]</c>, or <c>[A, entries]</c> if <paramref name="HeadsFirst"/>.</param>
/// <param name="HeadsFirst">Which of the two.</param>
/// <param name="Index">The entry for every query and key, <c>[N N]</c>.</param>
public sealed record AttentionBias(GraphParameter Table, bool HeadsFirst, IReadOnlyList<int> Index);

/// <summary>
/// Multi-head self-attention between the projections: y = softmax(scale q k^T + bias + mask) v per head, heads side by side
/// (Vaswani et al. 2017): <c>[N, F]</c> to <c>[N, A e]</c>. Whether the reference scales q or the product is the same function.
/// </summary>
/// <param name="Layout">The layout of a row of the input.</param>
/// <param name="Scale">Usually d^-0.5.</param>
/// <param name="Bias">A learned bias, or null.</param>
/// <param name="MaskGrid">The shifted windows whose mask is added (<see cref="WindowGrid.Mask"/>), or null.</param>
public sealed record AttentionOp(AttentionLayout Layout, float Scale, AttentionBias? Bias = null, WindowGrid? MaskGrid = null) : Operator
{
    /// <inheritdoc/>
    public override IReadOnlyList<GraphParameter> Parameters => Bias is null ? [] : [Bias.Table];

    /// <inheritdoc/>
    public override GraphShape Infer(ReadOnlySpan<GraphShape> inputs)
    {
        GraphShape x = Single(inputs, 2, "[N, F]");
        int tokens = x.Item[0];
        Require(x.Item[1] == Layout.Features, inputs, $"{Layout.Features} features for {Layout}");
        Require(Bias is null || (Bias.Index.Count == tokens * tokens && Bias.Table.Shape[Bias.HeadsFirst ? 0 : 1] == Layout.Heads), inputs, "a bias index [N N] and a table of all heads");
        Require(MaskGrid is null || (MaskGrid.Windows == x.PerImage && MaskGrid.Tokens == tokens), inputs, $"the windows of {MaskGrid}");
        return x with { Item = new Shape(tokens, Layout.Heads * Layout.ValueWidth) };
    }
}
