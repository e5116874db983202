using GoNoGo.Tensors.Kernels.Elementwise;
using GoNoGo.Tensors.Kernels.Elementwise.Functions;

namespace GoNoGo.Learning.Graphs.Inference.Steps;

/// <summary>y = factor * x.</summary>
internal sealed class ScaleStep(float factor) : PlanStep
{
    public override int OverwritableInput => 0;

    public override void Run(PlanWorkspace workspace) => ElementwiseKernel.Run(workspace[Inputs[0]], new ScaleFunction(factor), workspace[Node]);
}
