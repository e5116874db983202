using GoNoGo.Tensors;

namespace GoNoGo.Learning.Graphs.Operators;

/// <summary>Tokens as a map, row by row: <c>[H W, C]</c> to <c>[C, H, W]</c>.</summary>
/// <param name="Height">H.</param>
/// <param name="Width">W.</param>
public sealed record TokensToMapOp(int Height, int Width) : Operator
{
    /// <inheritdoc/>
    public override GraphShape Infer(ReadOnlySpan<GraphShape> inputs)
    {
        GraphShape x = Single(inputs, 2, "[H W, C]");
        Require(x.Item[0] == Height * Width, inputs, $"{Height} x {Width} tokens");
        return x with { Item = new Shape(x.Item[1], Height, Width) };
    }
}
