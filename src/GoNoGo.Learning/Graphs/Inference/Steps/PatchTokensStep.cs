using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels.Convolution;

namespace GoNoGo.Learning.Graphs.Inference.Steps;

/// <summary>A patch embedding, summed in double.</summary>
internal sealed class PatchTokensStep(PatchProjection weight, Tensor bias) : PlanStep
{
    public override void Run(PlanWorkspace workspace) => weight.Run(workspace[Inputs[0]], bias, workspace[Node]);

    public override void Dispose()
    {
        weight.Dispose();
        base.Dispose();
    }
}
