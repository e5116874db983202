using GoNoGo.Tensors;

namespace GoNoGo.Learning.Graphs.Operators;

/// <summary>Tokens of a map as windows: <c>[B, H W, C]</c> to <c>[B * windows, w w, C]</c>; padding is zeros.</summary>
/// <param name="Grid">How the map is cut.</param>
public sealed record WindowPartitionOp(WindowGrid Grid) : Operator
{
    /// <inheritdoc/>
    public override GraphShape Infer(ReadOnlySpan<GraphShape> inputs)
    {
        GraphShape x = Single(inputs, 2, "[H W, C]");
        Require(x.PerImage == 1 && x.Item[0] == Grid.Height * Grid.Width, inputs, $"{Grid.Height} x {Grid.Width} tokens");
        return new GraphShape(new Shape(Grid.Tokens, x.Item[1]), Grid.Windows);
    }
}
