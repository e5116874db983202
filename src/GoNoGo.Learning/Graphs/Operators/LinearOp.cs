using GoNoGo.Tensors;

namespace GoNoGo.Learning.Graphs.Operators;

/// <summary>y = x weight^T + bias on every row: <c>[.., I]</c> to <c>[.., O]</c>.</summary>
/// <param name="Weight"><c>[O, I]</c>.</param>
/// <param name="Bias"><c>[O]</c>, or null.</param>
public sealed record LinearOp(GraphParameter Weight, GraphParameter? Bias) : Operator
{
    /// <inheritdoc/>
    public override IReadOnlyList<GraphParameter> Parameters => Bias is null ? [Weight] : [Weight, Bias];

    /// <inheritdoc/>
    public override GraphShape Infer(ReadOnlySpan<GraphShape> inputs)
    {
        bool fits = inputs.Length == 1 && inputs[0].Item.Rank >= 1 && inputs[0].Item[-1] == Weight.Shape[1];
        Require(fits, inputs, $"rows of {Weight.Shape[1]} for weight {Weight.Shape}");
        return inputs[0] with { Item = inputs[0].Item.With(-1, Weight.Shape[0]) };
    }
}
