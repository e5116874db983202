using GoNoGo.Tensors;

namespace GoNoGo.Learning.Graphs.Operators;

/// <summary>A map as tokens, row by row: <c>[C, H, W]</c> to <c>[H W, C]</c>.</summary>
public sealed record MapToTokensOp : Operator
{
    /// <inheritdoc/>
    public override GraphShape Infer(ReadOnlySpan<GraphShape> inputs)
    {
        GraphShape x = Single(inputs, 3, "[C, H, W]");
        return x with { Item = new Shape(checked(x.Item[1] * x.Item[2]), x.Item[0]) };
    }
}
