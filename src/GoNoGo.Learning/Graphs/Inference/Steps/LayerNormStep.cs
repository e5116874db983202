using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels.Normalization;

namespace GoNoGo.Learning.Graphs.Inference.Steps;

/// <summary>Layer normalisation over the innermost dimensions.</summary>
internal sealed class LayerNormStep(Tensor weight, Tensor bias, float epsilon) : PlanStep
{
    public override int OverwritableInput => 0;

    public override void Run(PlanWorkspace workspace) =>
        LayerNormKernel.Forward(workspace[Inputs[0]], weight, bias, (int)weight.ElementCount, epsilon, default, workspace[Node]);
}
