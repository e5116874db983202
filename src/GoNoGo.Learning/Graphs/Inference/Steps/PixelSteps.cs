using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Kernels.Convolution;
using GoNoGo.Tensors.Kernels.Pooling;

namespace GoNoGo.Learning.Graphs.Inference.Steps;

/// <summary>A packed convolution with channels last; batch norm and layer scale in its weights, everything else in its epilogue.</summary>
internal sealed class PixelConv2dStep(PackedConvolution convolution, Tensor bias, Epilogue epilogue) : PlanStep
{
    public override void Run(PlanWorkspace workspace)
    {
        var fused = new MatrixEpilogue
        {
            ColumnBias = bias,
            Activation = epilogue.Activation,
            Residual = epilogue.HasResidual ? workspace[Inputs[1]] : default,
            FinalActivation = epilogue.FinalActivation,
        };
        convolution.Run(workspace[Inputs[0]], fused, workspace[Node]);
    }

    public override void Dispose()
    {
        convolution.Dispose();
        base.Dispose();
    }
}

/// <summary>The mean of every window, channels last.</summary>
internal sealed class PixelAvgPool2dStep(int height, int width, PoolWindow window, bool countIncludePad) : PlanStep
{
    public override void Run(PlanWorkspace workspace) => PixelPooling.Average(workspace[Inputs[0]], height, width, window, countIncludePad, workspace[Node]);
}

/// <summary>The largest pixel of every window, channels last.</summary>
internal sealed class PixelMaxPool2dStep(int height, int width, PoolWindow window) : PlanStep
{
    public override void Run(PlanWorkspace workspace) => PixelPooling.Max(workspace[Inputs[0]], height, width, window, workspace[Node]);
}

/// <summary>The pooling token mixer, channels last.</summary>
internal sealed class PoolMixerStep(int height, int width, PoolWindow window, Tensor factors) : PlanStep
{
    public override void Run(PlanWorkspace workspace) => PixelPooling.Mix(workspace[Inputs[0]], height, width, window, factors, workspace[Node]);
}
