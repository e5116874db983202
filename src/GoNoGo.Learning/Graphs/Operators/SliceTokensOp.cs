namespace GoNoGo.Learning.Graphs.Operators;

/// <summary>Some of the tokens: <c>[N, D]</c> to <c>[Count, D]</c>.</summary>
/// <param name="Start">The first token.</param>
/// <param name="Count">How many.</param>
public sealed record SliceTokensOp(int Start, int Count) : Operator
{
    /// <inheritdoc/>
    public override GraphShape Infer(ReadOnlySpan<GraphShape> inputs)
    {
        GraphShape x = Single(inputs, 2, "[N, D]");
        Require(Start >= 0 && Count > 0 && Start <= x.Item[0] - Count, inputs, $"at least {Start} + {Count} tokens");
        return x with { Item = x.Item.With(0, Count) };
    }
}
