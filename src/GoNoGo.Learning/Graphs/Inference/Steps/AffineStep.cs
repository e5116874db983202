using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels.Elementwise;
using GoNoGo.Tensors.Kernels.Elementwise.Functions;

namespace GoNoGo.Learning.Graphs.Inference.Steps;

/// <summary>y = factors * x + offsets, repeated over x: a batch norm that no convolution could take in.</summary>
internal sealed class AffineStep(Tensor factors, Tensor offsets) : PlanStep
{
    public override int OverwritableInput => 0;

    public override void Run(PlanWorkspace workspace) =>
        ElementwiseKernel.Run(workspace[Inputs[0]], factors, offsets, default(MultiplyAddFunction), workspace[Node]);
}
