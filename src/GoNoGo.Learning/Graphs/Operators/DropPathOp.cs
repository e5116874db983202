namespace GoNoGo.Learning.Graphs.Operators;

/// <summary>
/// Stochastic depth on a residual branch (Huang et al. 2016): in training mode each image keeps the branch with probability 1 - rate,
/// divided by it, or loses it; otherwise the identity. Any shape.
/// </summary>
/// <param name="Rate">Probability of loss.</param>
public sealed record DropPathOp(float Rate) : Operator
{
    /// <inheritdoc/>
    public override GraphShape Infer(ReadOnlySpan<GraphShape> inputs)
    {
        Require(inputs.Length == 1 && inputs[0].PerImage == 1 && Rate is >= 0 and < 1, inputs, "one, and a rate in [0, 1)");
        return inputs[0];
    }
}
