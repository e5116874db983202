using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Kernels.Convolution;
using GoNoGo.Tensors.Kernels.Elementwise;
using GoNoGo.Tensors.Kernels.Elementwise.Functions;

namespace GoNoGo.Learning.Graphs.Inference.Steps;

/// <summary>A convolution with the batch norm folded into its weights; ReLU in the same pass, everything else after it.</summary>
internal sealed class Conv2dStep(Tensor weight, Tensor bias, ConvolutionGeometry geometry, Epilogue epilogue) : PlanStep
{
    public override void Run(PlanWorkspace workspace)
    {
        Tensor y = workspace[Node];
        bool relu = epilogue.Activation == MatrixActivation.Relu;
        Conv2dKernel.Forward(workspace[Inputs[0]], weight, bias, geometry, relu, y);
        if (!relu)
        {
            ActivationStep.Apply(epilogue.Activation, y, y);
        }

        if (epilogue.HasResidual)
        {
            ElementwiseKernel.Run(y, workspace[Inputs[1]], default(AddFunction), y);
        }

        ActivationStep.Apply(epilogue.FinalActivation, y, y);
    }
}
