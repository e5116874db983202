using GoNoGo.Tensors.Kernels.Convolution;

namespace GoNoGo.Learning.Graphs.Operators;

/// <summary>A convolution: <c>[C, H, W]</c> to <c>[O, H', W']</c>.</summary>
/// <param name="Weight"><c>[O, C / groups, kh, kw]</c>.</param>
/// <param name="Bias"><c>[O]</c>, or null.</param>
/// <param name="Window">Strides, paddings per side, dilations, groups.</param>
public sealed record Conv2dOp(GraphParameter Weight, GraphParameter? Bias, ConvolutionWindow Window) : Operator
{
    /// <inheritdoc/>
    public override IReadOnlyList<GraphParameter> Parameters => Bias is null ? [Weight] : [Weight, Bias];

    /// <inheritdoc/>
    public override GraphShape Infer(ReadOnlySpan<GraphShape> inputs)
    {
        GraphShape x = Single(inputs, 3, "[C, H, W]");
        var geometry = ConvolutionGeometry.ForConv2d(x.For(1), Weight.Shape, Window);
        return x with { Item = new(geometry.OutputChannels, geometry.OutputHeight, geometry.OutputWidth) };
    }
}
