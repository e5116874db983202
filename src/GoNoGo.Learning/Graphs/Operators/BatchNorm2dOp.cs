namespace GoNoGo.Learning.Graphs.Operators;

/// <summary>
/// y = (x - mean) / sqrt(variance + eps) * weight + bias per channel of <c>[C, H, W]</c> (Ioffe, Szegedy 2015): with the running
/// statistics, or with the batch's where the tape is told so.
/// </summary>
/// <param name="Weight"><c>[C]</c>.</param>
/// <param name="Bias"><c>[C]</c>.</param>
/// <param name="Mean">Running mean <c>[C]</c>, a buffer.</param>
/// <param name="Variance">Running variance <c>[C]</c>, a buffer.</param>
/// <param name="Epsilon">Added to the variance.</param>
/// <param name="Momentum">Weight of a batch in the running statistics.</param>
public sealed record BatchNorm2dOp(
    GraphParameter Weight, GraphParameter Bias, GraphParameter Mean, GraphParameter Variance, float Epsilon, float Momentum) : Operator
{
    /// <inheritdoc/>
    public override IReadOnlyList<GraphParameter> Parameters => [Weight, Bias, Mean, Variance];

    /// <inheritdoc/>
    public override GraphShape Infer(ReadOnlySpan<GraphShape> inputs)
    {
        GraphShape x = Single(inputs, 3, "[C, H, W]");
        Require(x.Item[0] == Weight.Shape[0], inputs, $"{Weight.Shape[0]} channels");
        return x;
    }
}
