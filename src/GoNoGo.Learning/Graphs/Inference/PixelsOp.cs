using GoNoGo.Tensors;

namespace GoNoGo.Learning.Graphs.Inference;

/// <summary>
/// An operator on maps, on maps that are laid out as the tokens of their pixels: <c>[H W, C]</c> to <c>[H' W', C']</c>. A convolution may
/// read a map <c>[C, H, W]</c> too.
/// </summary>
/// <param name="Map">The operator.</param>
/// <param name="Input">The shape that its first input has as a map.</param>
public sealed record PixelsOp(Operator Map, GraphShape Input) : Operator
{
    /// <inheritdoc/>
    public override IReadOnlyList<GraphParameter> Parameters => Map.Parameters;

    /// <summary>The shape of a map's pixels: <c>[C, H, W]</c> to <c>[H W, C]</c>.</summary>
    public static GraphShape Tokens(GraphShape map) => map with { Item = new Shape(checked(map.Item[1] * map.Item[2]), map.Item[0]) };

    /// <inheritdoc/>
    public override GraphShape Infer(ReadOnlySpan<GraphShape> inputs) => Tokens(Map.Infer([Input]));
}
