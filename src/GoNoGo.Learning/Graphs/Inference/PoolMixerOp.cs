using GoNoGo.Learning.Graphs.Operators;
using GoNoGo.Tensors.Kernels.Pooling;

namespace GoNoGo.Learning.Graphs.Inference;

/// <summary>The pooling token mixer with its layer scale and shortcut: x + factors * (mean over the window around x - x), padding not counted.</summary>
/// <param name="Window">Of stride 1; keeps the extent.</param>
/// <param name="Factors"><c>[C]</c>.</param>
public sealed record PoolMixerOp(PoolWindow Window, GraphParameter Factors) : Operator
{
    /// <inheritdoc/>
    public override IReadOnlyList<GraphParameter> Parameters => [Factors];

    /// <inheritdoc/>
    public override GraphShape Infer(ReadOnlySpan<GraphShape> inputs) => new AvgPool2dOp(Window, CountIncludePad: false).Infer(inputs);
}
