using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels.Elementwise;

namespace GoNoGo.Learning.Graphs.Inference.Steps;

/// <summary>A function of a value and a constant that is repeated over it: position embeddings, layer scales.</summary>
internal sealed class ConstantStep<TFunction>(TFunction function, Tensor constant) : PlanStep where TFunction : struct, IBinaryFunction
{
    public override int OverwritableInput => 0;

    public override void Run(PlanWorkspace workspace) => ElementwiseKernel.Run(workspace[Inputs[0]], constant, function, workspace[Node]);
}
