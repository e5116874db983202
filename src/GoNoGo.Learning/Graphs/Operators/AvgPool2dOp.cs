using GoNoGo.Tensors.Kernels.Pooling;

namespace GoNoGo.Learning.Graphs.Operators;

/// <summary>The mean of every window: <c>[C, H, W]</c> to <c>[C, H', W']</c>.</summary>
/// <param name="Window">Extent, stride, padding.</param>
/// <param name="CountIncludePad">Whether padding counts as zeros; otherwise only pixels of the map are averaged.</param>
public sealed record AvgPool2dOp(PoolWindow Window, bool CountIncludePad) : Operator
{
    /// <inheritdoc/>
    public override GraphShape Infer(ReadOnlySpan<GraphShape> inputs)
    {
        GraphShape x = Single(inputs, 3, "[C, H, W]");
        var y = Window.OutputShape(x.For(1));
        return x with { Item = new(y[1], y[2], y[3]) };
    }
}
