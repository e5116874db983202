using GoNoGo.Tensors;

namespace GoNoGo.Learning.Graphs.Operators;

/// <summary>Windows as tokens of the map again, padding cut off: <c>[B * windows, w w, C]</c> to <c>[B, H W, C]</c>.</summary>
/// <param name="Grid">How the map was cut.</param>
public sealed record WindowReverseOp(WindowGrid Grid) : Operator
{
    /// <inheritdoc/>
    public override GraphShape Infer(ReadOnlySpan<GraphShape> inputs)
    {
        GraphShape x = Single(inputs, 2, "[w w, C]");
        Require(x.PerImage == Grid.Windows && x.Item[0] == Grid.Tokens, inputs, $"{Grid.Windows} windows of {Grid.Tokens} tokens");
        return new GraphShape(new Shape(Grid.Height * Grid.Width, x.Item[1]));
    }
}
