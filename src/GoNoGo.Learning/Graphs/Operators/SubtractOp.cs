namespace GoNoGo.Learning.Graphs.Operators;

/// <summary>y = left - right of equal shapes: the pooling mixer is avgpool(x) - x.</summary>
public sealed record SubtractOp : Operator
{
    /// <inheritdoc/>
    public override GraphShape Infer(ReadOnlySpan<GraphShape> inputs)
    {
        Require(inputs.Length == 2 && inputs[0] == inputs[1], inputs, "two of one shape");
        return inputs[0];
    }
}
