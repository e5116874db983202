using GoNoGo.Tensors.Kernels.Elementwise;

namespace GoNoGo.Learning.Graphs.Inference.Steps;

/// <summary>A function of two values, element by element.</summary>
internal sealed class BinaryStep<TFunction>(TFunction function) : PlanStep where TFunction : struct, IBinaryFunction
{
    public override int OverwritableInput => 0;

    public override void Run(PlanWorkspace workspace) =>
        ElementwiseKernel.Run(workspace[Inputs[0]], workspace[Inputs[1]], function, workspace[Node]);
}
