using GoNoGo.Tensors;

namespace GoNoGo.Learning.Graphs.Operators;

/// <summary>Learned tokens in front of the others, in their order: <c>[N, D]</c> to <c>[T + N, D]</c>.</summary>
/// <param name="Tokens">T parameters of <c>[1, 1, D]</c>: class token, distillation token.</param>
public sealed record ConcatTokensOp(IReadOnlyList<GraphParameter> Tokens) : Operator
{
    /// <inheritdoc/>
    public override IReadOnlyList<GraphParameter> Parameters => Tokens;

    /// <inheritdoc/>
    public override GraphShape Infer(ReadOnlySpan<GraphShape> inputs)
    {
        GraphShape x = Single(inputs, 2, "[N, D]");
        Require(Tokens.All(token => token.Shape == new Shape(1, 1, x.Item[1])), inputs, "tokens [1, 1, D] of the input's width");
        return x with { Item = x.Item.With(0, Tokens.Count + x.Item[0]) };
    }
}
