using GoNoGo.Learning.Graphs.Operators;
using GoNoGo.Tensors.Kernels;

namespace GoNoGo.Learning.Graphs.Inference;

/// <summary>
/// What a linear map or convolution does with its sums before they are stored:
/// <c>final(factors * activation(norm(sums + bias)) + residual)</c>. Norm and factors go into the weights when they are packed.
/// </summary>
public sealed record Epilogue
{
    /// <summary>Nothing.</summary>
    public static Epilogue None { get; } = new();

    /// <summary>The batch norm that follows; only of a convolution.</summary>
    public BatchNorm2dOp? Norm { get; init; }

    /// <summary>The function that follows.</summary>
    public MatrixActivation Activation { get; init; }

    /// <summary>The layer scale that follows; only without an activation, so that it can go into the weights.</summary>
    public GraphParameter? Factors { get; init; }

    /// <summary>Whether a second input is added.</summary>
    public bool HasResidual { get; init; }

    /// <summary>The function of the sum with the residual.</summary>
    public MatrixActivation FinalActivation { get; init; }

    /// <summary>This followed by another operator; null where that cannot be fused.</summary>
    public Epilogue? Then(Operator next) => next switch
    {
        BatchNorm2dOp norm when this == None => this with { Norm = norm },
        ActivationOp { Function: var function } when HasResidual && FinalActivation == MatrixActivation.None => this with { FinalActivation = function },
        ActivationOp { Function: var function } when !HasResidual && Activation == MatrixActivation.None && Factors is null => this with { Activation = function },
        ScaleChannelsOp scale when !HasResidual && Activation == MatrixActivation.None && Factors is null => this with { Factors = scale.Factors },
        AddOp when !HasResidual => this with { HasResidual = true },
        _ => null,
    };
}
