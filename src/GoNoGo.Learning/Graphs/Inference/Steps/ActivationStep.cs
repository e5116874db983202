using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Kernels.Elementwise;
using GoNoGo.Tensors.Kernels.Elementwise.Functions;

namespace GoNoGo.Learning.Graphs.Inference.Steps;

/// <summary>A function of every element that no product could take in.</summary>
internal sealed class ActivationStep(MatrixActivation function) : PlanStep
{
    public override int OverwritableInput => 0;

    public override void Run(PlanWorkspace workspace) => Apply(function, workspace[Inputs[0]], workspace[Node]);

    /// <summary>y = function(x); nothing happens for none in place.</summary>
    public static void Apply(MatrixActivation function, Tensor x, Tensor y)
    {
        switch (function)
        {
            case MatrixActivation.Relu:
                ElementwiseKernel.Run(x, default(ReluFunction), y);
                break;
            case MatrixActivation.Gelu:
                ElementwiseKernel.Run(x, default(GeluFunction), y);
                break;
            default:
                break;
        }
    }
}
