using GoNoGo.Tensors.Kernels.Pooling;

namespace GoNoGo.Learning.Graphs.Operators;

/// <summary>The largest pixel of every window, padding never: <c>[C, H, W]</c> to <c>[C, H', W']</c>.</summary>
/// <param name="Window">Extent, stride, padding.</param>
public sealed record MaxPool2dOp(PoolWindow Window) : Operator
{
    /// <inheritdoc/>
    public override GraphShape Infer(ReadOnlySpan<GraphShape> inputs)
    {
        GraphShape x = Single(inputs, 3, "[C, H, W]");
        var y = Window.OutputShape(x.For(1));
        return x with { Item = new(y[1], y[2], y[3]) };
    }
}
