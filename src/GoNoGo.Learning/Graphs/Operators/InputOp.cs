using GoNoGo.Tensors;

namespace GoNoGo.Learning.Graphs.Operators;

/// <summary>The images that a network is given.</summary>
/// <param name="Item">The shape of one image, <c>[C, H, W]</c>.</param>
public sealed record InputOp(Shape Item) : Operator
{
    /// <inheritdoc/>
    public override GraphShape Infer(ReadOnlySpan<GraphShape> inputs)
    {
        Require(inputs.Length == 0, inputs, "no input");
        return new GraphShape(Item);
    }
}
