using GoNoGo.Tensors;

namespace GoNoGo.Learning.Graphs.Operators;

/// <summary>Global average pooling: maps <c>[C, H, W]</c> or tokens <c>[N, C]</c> to <c>[C]</c>.</summary>
public sealed record MeanOverPositionsOp : Operator
{
    /// <inheritdoc/>
    public override GraphShape Infer(ReadOnlySpan<GraphShape> inputs)
    {
        Require(inputs.Length == 1 && inputs[0].Item.Rank is 2 or 3, inputs, "[C, H, W] or [N, C]");
        return inputs[0] with { Item = new Shape(inputs[0].Item[inputs[0].Item.Rank == 3 ? 0 : -1]) };
    }
}
