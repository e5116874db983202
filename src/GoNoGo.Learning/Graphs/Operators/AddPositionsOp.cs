using GoNoGo.Tensors;

namespace GoNoGo.Learning.Graphs.Operators;

/// <summary>
/// Adds a learned position embedding to tokens <c>[T + g g, D]</c>. A table of another grid is resampled bicubically as timm 0.6.13 does
/// it (<c>resize_pos_embed</c>: a = -0.75, pixel centres, no antialiasing; timm 0.9 antialiases instead, with other numbers);
/// the first T rows stay as they are.
/// </summary>
/// <param name="Table"><c>[1, T + G G, D]</c>.</param>
/// <param name="PrefixTokens">T.</param>
public sealed record AddPositionsOp(GraphParameter Table, int PrefixTokens) : Operator
{
    /// <summary>G: rows and columns of the grid that the table was made for.</summary>
    public int TableGrid => Root(Table.Shape[1] - PrefixTokens);

    /// <inheritdoc/>
    public override IReadOnlyList<GraphParameter> Parameters => [Table];

    /// <summary>g: rows and columns of the grid of an input.</summary>
    public int GridOf(GraphShape x) => Root(x.Item[0] - PrefixTokens);

    /// <inheritdoc/>
    public override GraphShape Infer(ReadOnlySpan<GraphShape> inputs)
    {
        GraphShape x = Single(inputs, 2, "[T + g g, D]");
        bool fits = Table.Shape.Rank == 3 && Table.Shape[2] == x.Item[1] && TableGrid > 0 && GridOf(x) > 0;
        Require(fits, inputs, $"{PrefixTokens} tokens and a square grid of width {Table.Shape[-1]}");
        return x;
    }

    private static int Root(int count)
    {
        int root = (int)Math.Round(Math.Sqrt(Math.Max(count, 0)));
        return root * root == count ? root : 0;
    }
}
