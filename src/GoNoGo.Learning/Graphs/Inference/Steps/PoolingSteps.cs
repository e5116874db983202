using GoNoGo.Tensors.Kernels.Pooling;
using GoNoGo.Tensors.Kernels.Reductions;

namespace GoNoGo.Learning.Graphs.Inference.Steps;

/// <summary>The mean of every window.</summary>
internal sealed class AvgPool2dStep(PoolWindow window, bool countIncludePad) : PlanStep
{
    public override void Run(PlanWorkspace workspace) => AvgPool2dKernel.Forward(workspace[Inputs[0]], window, countIncludePad, workspace[Node]);
}

/// <summary>The largest pixel of every window.</summary>
internal sealed class MaxPool2dStep(PoolWindow window) : PlanStep
{
    public override void Run(PlanWorkspace workspace) => MaxPool2dKernel.Forward(workspace[Inputs[0]], window, workspace[Node]);
}

/// <summary>The mean over the given axes (bit i is axis i) of so many positions.</summary>
internal sealed class MeanStep(uint axes, int positions) : PlanStep
{
    public override void Run(PlanWorkspace workspace) => SumReduction.Run(workspace[Inputs[0]], axes, 1f / positions, workspace[Node]);
}
