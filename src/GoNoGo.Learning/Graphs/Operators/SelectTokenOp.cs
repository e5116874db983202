using GoNoGo.Tensors;

namespace GoNoGo.Learning.Graphs.Operators;

/// <summary>One token: <c>[N, D]</c> to <c>[D]</c>.</summary>
/// <param name="Index">Which one.</param>
public sealed record SelectTokenOp(int Index) : Operator
{
    /// <inheritdoc/>
    public override GraphShape Infer(ReadOnlySpan<GraphShape> inputs)
    {
        GraphShape x = Single(inputs, 2, "[N, D]");
        Require(Index >= 0 && Index < x.Item[0], inputs, $"more than {Index} tokens");
        return x with { Item = new Shape(x.Item[1]) };
    }
}
