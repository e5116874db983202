namespace GoNoGo.Learning.Graphs.Operators;

/// <summary>Layer scale: a learned factor for every channel, C of maps <c>[C, H, W]</c> or the last dimension of tokens <c>[N, C]</c>.</summary>
/// <param name="Factors"><c>[C]</c>.</param>
public sealed record ScaleChannelsOp(GraphParameter Factors) : Operator
{
    /// <inheritdoc/>
    public override IReadOnlyList<GraphParameter> Parameters => [Factors];

    /// <inheritdoc/>
    public override GraphShape Infer(ReadOnlySpan<GraphShape> inputs)
    {
        bool fits = inputs.Length == 1 && inputs[0].Item.Rank is 2 or 3 && inputs[0].Item[inputs[0].Item.Rank == 3 ? 0 : -1] == Factors.Shape[0];
        Require(fits, inputs, $"[C, H, W] or [N, C] with C = {Factors.Shape[0]}");
        return inputs[0];
    }
}
