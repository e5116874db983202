namespace GoNoGo.Learning.Graphs.Operators;

/// <summary>
/// y = (x - mean) / sqrt(variance + eps) * weight + bias over the innermost dimensions, those that the weight has (Ba, Kiros, Hinton
/// 2016): <c>[D]</c> of tokens <c>[N, D]</c>, or <c>[C, H, W]</c> of maps.
/// </summary>
/// <param name="Weight">Factors, shaped like the normalised dimensions.</param>
/// <param name="Bias">Offsets, shaped like them.</param>
/// <param name="Epsilon">Added to the variance.</param>
public sealed record LayerNormOp(GraphParameter Weight, GraphParameter Bias, float Epsilon) : Operator
{
    /// <inheritdoc/>
    public override IReadOnlyList<GraphParameter> Parameters => [Weight, Bias];

    /// <inheritdoc/>
    public override GraphShape Infer(ReadOnlySpan<GraphShape> inputs)
    {
        bool fits = inputs.Length == 1 && inputs[0].Item.Rank >= Weight.Shape.Rank;
        for (int axis = 1; fits && axis <= Weight.Shape.Rank; axis++)
        {
            fits = inputs[0].Item[-axis] == Weight.Shape[-axis];
        }

        Require(fits, inputs, $"[.., {Weight.Shape.ToString()[1..]}");
        return inputs[0];
    }
}
