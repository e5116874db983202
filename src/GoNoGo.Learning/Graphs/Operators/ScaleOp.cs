namespace GoNoGo.Learning.Graphs.Operators;

/// <summary>y = factor * x. Any shape.</summary>
/// <param name="Factor">The factor.</param>
public sealed record ScaleOp(float Factor) : Operator
{
    /// <inheritdoc/>
    public override GraphShape Infer(ReadOnlySpan<GraphShape> inputs)
    {
        Require(inputs.Length == 1, inputs, "one");
        return inputs[0];
    }
}
