using GoNoGo.Learning.Graphs.Operators;

namespace GoNoGo.Learning.Graphs.Inference;

/// <summary>A linear map with its epilogue. Inputs: x, and the residual where there is one.</summary>
/// <param name="Linear">The map.</param>
/// <param name="Epilogue">What follows it.</param>
public sealed record FusedLinearOp(LinearOp Linear, Epilogue Epilogue) : Operator
{
    /// <inheritdoc/>
    public override IReadOnlyList<GraphParameter> Parameters => FusedParameters.Of(Linear, Epilogue);

    /// <inheritdoc/>
    public override GraphShape Infer(ReadOnlySpan<GraphShape> inputs) => Linear.Infer(inputs[..1]);
}

/// <summary>A convolution with its epilogue. Inputs: x, and the residual where there is one.</summary>
/// <param name="Convolution">The convolution.</param>
/// <param name="Epilogue">What follows it.</param>
public sealed record FusedConv2dOp(Conv2dOp Convolution, Epilogue Epilogue) : Operator
{
    /// <inheritdoc/>
    public override IReadOnlyList<GraphParameter> Parameters => FusedParameters.Of(Convolution, Epilogue);

    /// <inheritdoc/>
    public override GraphShape Infer(ReadOnlySpan<GraphShape> inputs) => Convolution.Infer(inputs[..1]);
}

/// <summary>The parameters of an operator and its epilogue.</summary>
internal static class FusedParameters
{
    public static IReadOnlyList<GraphParameter> Of(Operator op, Epilogue epilogue) =>
        [.. op.Parameters, .. epilogue.Norm?.Parameters ?? [], .. epilogue.Factors is null ? [] : (GraphParameter[])[epilogue.Factors]];
}
