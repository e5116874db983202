using GoNoGo.Learning.Graphs.Inference.Steps;
using GoNoGo.Learning.Graphs.Operators;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels.Convolution;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Learning.Graphs.Inference;

/// <content>Operators on maps with the channels last.</content>
internal sealed partial class StepCompiler
{
    private PlanStep Pixels(PixelsOp op, GraphShape x, int number, IReadOnlyList<int> inputs)
    {
        Shape map = op.Input.Item;
        return op.Map switch
        {
            FusedConv2dOp convolution => PixelConvolution(convolution, op.Input, x.Item.Rank == 3, number, inputs),
            AvgPool2dOp pool => new PixelAvgPool2dStep(map[1], map[2], pool.Window, pool.CountIncludePad) { Node = number, Inputs = inputs },
            MaxPool2dOp pool => new PixelMaxPool2dStep(map[1], map[2], pool.Window) { Node = number, Inputs = inputs },
            PoolMixerOp mixer => new PoolMixerStep(map[1], map[2], mixer.Window, Constant(mixer.Factors)) { Node = number, Inputs = inputs },
            BatchNorm2dOp norm => BatchNorm(norm, x, number, inputs),
            _ => throw new NotSupportedException($"InferencePlan: operator {op.Map.GetType().Name} with channels last."),
        };
    }

    private PixelConv2dStep PixelConvolution(FusedConv2dOp op, GraphShape map, bool fromMaps, int number, IReadOnlyList<int> inputs)
    {
        using var scope = new TensorScope();
        (Tensor weight, Tensor bias) = WeightFolding.Read(op.Convolution.Weight, op.Convolution.Bias, op.Epilogue, source, scope, constants);
        var geometry = ConvolutionGeometry.ForConv2d(map.For(1), weight.Shape, op.Convolution.Window);
        return new PixelConv2dStep(PackedConvolution.Pack(weight, geometry, fromMaps), bias, op.Epilogue) { Node = number, Inputs = inputs };
    }
}
