using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;

namespace GoNoGo.Learning.Graphs.Inference.Steps;

/// <summary>A packed linear map with bias, activation and residual in the epilogue of the product.</summary>
internal sealed class LinearStep(PackedMatrix weight, Tensor bias, Epilogue epilogue) : PlanStep
{
    public override void Run(PlanWorkspace workspace)
    {
        Tensor x = Rows(workspace[Inputs[0]]);
        Tensor y = Rows(workspace[Node]);
        // The residual is added once, to the finished sum: adding the product to it in place rounds once for every block of the depth.
        MatrixMultiply.Run(x, transposeA: false, weight, y, new MatrixEpilogue
        {
            ColumnBias = bias,
            Activation = epilogue.Activation,
            Residual = epilogue.HasResidual ? Rows(workspace[Inputs[1]]) : default,
            FinalActivation = epilogue.FinalActivation,
        });
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
