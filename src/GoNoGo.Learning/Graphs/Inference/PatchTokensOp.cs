using GoNoGo.Learning.Graphs.Operators;
using GoNoGo.Tensors;

namespace GoNoGo.Learning.Graphs.Inference;

/// <summary>Every k x k patch of maps times a matrix, as tokens: <c>[C, H, W]</c> to <c>[H / k * W / k, O]</c>.</summary>
/// <param name="Convolution">The convolution that it stands for, stride k.</param>
public sealed record PatchTokensOp(Conv2dOp Convolution) : Operator
{
    /// <inheritdoc/>
    public override IReadOnlyList<GraphParameter> Parameters => Convolution.Parameters;

    /// <inheritdoc/>
    public override GraphShape Infer(ReadOnlySpan<GraphShape> inputs)
    {
        GraphShape map = Convolution.Infer(inputs);
        return map with { Item = new Shape(map.Item[1] * map.Item[2], map.Item[0]) };
    }
}
