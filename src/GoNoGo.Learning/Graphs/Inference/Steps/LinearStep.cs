using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;

namespace GoNoGo.Learning.Graphs.Inference.Steps;

/// <summary>A packed linear map with bias, activation and residual in the epilogue of the product.</summary>
internal sealed unsafe class LinearStep(PackedMatrix weight, Tensor bias, Epilogue epilogue) : PlanStep
{
    /// <summary>The sum with the residual may replace the residual: the product is added to it.</summary>
    public override int OverwritableInput => -1;

    public override void Run(PlanWorkspace workspace)
    {
        Tensor x = Rows(workspace[Inputs[0]]);
        Tensor y = Rows(workspace[Node]);
        Tensor residual = epilogue.HasResidual ? Rows(workspace[Inputs[1]]) : default;
        bool inPlace = epilogue.HasResidual && residual.Pointer == y.Pointer;
        MatrixMultiply.Run(x, transposeA: false, weight, y, new MatrixEpilogue
        {
            Accumulate = inPlace,
            ColumnBias = bias,
            Activation = inPlace ? epilogue.FinalActivation : epilogue.Activation,
            Residual = inPlace ? default : residual,
        });
        if (!inPlace)
        {
            ActivationStep.Apply(epilogue.FinalActivation, y, y);
        }
    }

    public override void Dispose()
    {
        weight.Dispose();
        base.Dispose();
    }

    /// <summary>All dimensions but the last folded into one.</summary>
    private static Tensor Rows(Tensor tensor) =>
        tensor.Rank == 2 ? tensor : tensor.Reshape(new Shape(checked((int)tensor.Shape.Product(0, tensor.Rank - 1)), tensor.Shape[-1]));
}
