using GoNoGo.Learning.Graphs.Inference.Steps;
using GoNoGo.Learning.Graphs.Operators;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Kernels.Convolution;
using GoNoGo.Tensors.Kernels.Elementwise.Functions;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Learning.Graphs.Inference;

/// <summary>Makes the step of a node: reads its parameters, brings them into the kernel's form, lets the rest go.</summary>
internal sealed partial class StepCompiler(Graph graph, WeightSource source, TensorScope constants)
{
    /// <summary>The step of a node.</summary>
    public PlanStep Compile(int number)
    {
        GraphNode node = graph.Nodes[number];
        GraphShape x = graph.Nodes[node.Inputs[0]].Shape;
        IReadOnlyList<int> inputs = node.Inputs;
        return node.Operator switch
        {
            FusedLinearOp op => Linear(op, number, inputs),
            FusedConv2dOp op => Convolution(op, x, number, inputs),
            PatchTokensOp op => Patches(op, number, inputs),
            PixelsOp op => Pixels(op, x, number, inputs),
            BatchNorm2dOp op => BatchNorm(op, x, number, inputs),
            LayerNormOp op => new LayerNormStep(Constant(op.Weight), Constant(op.Bias), op.Epsilon) { Node = number, Inputs = inputs },
            ActivationOp op => new ActivationStep(op.Function) { Node = number, Inputs = inputs },
            AddOp => new BinaryStep<AddFunction>(default) { Node = number, Inputs = inputs },
            SubtractOp => new BinaryStep<SubtractFunction>(default) { Node = number, Inputs = inputs },
            ScaleOp op => new ScaleStep(op.Factor) { Node = number, Inputs = inputs },
            ScaleChannelsOp op => new ConstantStep<MultiplyFunction>(default, PerChannel(Constant(op.Factors), x)) { Node = number, Inputs = inputs },
            AvgPool2dOp op => new AvgPool2dStep(op.Window, op.CountIncludePad) { Node = number, Inputs = inputs },
            MaxPool2dOp op => new MaxPool2dStep(op.Window) { Node = number, Inputs = inputs },
            MeanOverPositionsOp => Mean(x, number, inputs),
            MapToTokensOp => new TransposeStep(x.Item[0], x.Item[1] * x.Item[2]) { Node = number, Inputs = inputs },
            TokensToMapOp => new TransposeStep(x.Item[0], x.Item[1]) { Node = number, Inputs = inputs },
            ConcatTokensOp op => new ConcatTokensStep(Tokens(op), op.Tokens.Count, x.Item[1]) { Node = number, Inputs = inputs },
            AddPositionsOp op => new ConstantStep<AddFunction>(default, GraphConstants.Positions(op, x, source, constants)) { Node = number, Inputs = inputs },
            SliceTokensOp op => new SliceTokensStep(op.Start, op.Count) { Node = number, Inputs = inputs },
            SelectTokenOp op => new SliceTokensStep(op.Index, 1) { Node = number, Inputs = inputs },
            WindowPartitionOp op => new GatherTokensStep(op.Grid.Sources(), x.Item[1]) { Node = number, Inputs = inputs },
            WindowReverseOp op => new GatherTokensStep(op.Grid.Targets(), x.Item[1]) { Node = number, Inputs = inputs },
            PatchMergeOp op => new GatherTokensStep(op.Sources(), x.Item[1]) { Node = number, Inputs = inputs },
            AttentionOp op => new AttentionStep(op.Layout, op.Scale, AttentionBias(op, x.Item[0])) { Node = number, Inputs = inputs },
            _ => throw new NotSupportedException($"InferencePlan: operator {node.Operator.GetType().Name} of '{node.Path}'."),
        };
    }

    private LinearStep Linear(FusedLinearOp op, int number, IReadOnlyList<int> inputs)
    {
        using var scope = new TensorScope();
        (Tensor weight, Tensor bias) = WeightFolding.Read(op.Linear.Weight, op.Linear.Bias, op.Epilogue, source, scope, constants);
        return new LinearStep(PackedMatrix.Pack(weight, transposeB: true), bias, op.Epilogue) { Node = number, Inputs = inputs };
    }

    private Conv2dStep Convolution(FusedConv2dOp op, GraphShape x, int number, IReadOnlyList<int> inputs)
    {
        (Tensor weight, Tensor bias) = WeightFolding.Read(op.Convolution.Weight, op.Convolution.Bias, op.Epilogue, source, constants, constants);
        var geometry = ConvolutionGeometry.ForConv2d(x.For(1), weight.Shape, op.Convolution.Window);
        return new Conv2dStep(weight, bias, geometry, op.Epilogue) { Node = number, Inputs = inputs };
    }

    private PatchTokensStep Patches(PatchTokensOp op, int number, IReadOnlyList<int> inputs)
    {
        using var scope = new TensorScope();
        Tensor bias = op.Convolution.Bias is { } parameter ? Constant(parameter) : default;
        return new PatchTokensStep(PatchProjection.Pack(Read(op.Convolution.Weight, scope)), bias) { Node = number, Inputs = inputs };
    }

    private AffineStep BatchNorm(BatchNorm2dOp op, GraphShape x, int number, IReadOnlyList<int> inputs)
    {
        using var scope = new TensorScope();
        Tensor factors = constants.New(op.Weight.Shape);
        Tensor offsets = constants.New(factors.Shape);
        (Tensor gamma, Tensor beta, Tensor mean, Tensor variance) = (Read(op.Weight, scope), Read(op.Bias, scope), Read(op.Mean, scope), Read(op.Variance, scope));
        for (int c = 0; c < op.Weight.Shape[0]; c++)
        {
            double factor = gamma.Span[c] / Math.Sqrt((double)variance.Span[c] + op.Epsilon);
            factors.Span[c] = (float)factor;
            offsets.Span[c] = (float)(beta.Span[c] - (mean.Span[c] * factor));
        }

        return new AffineStep(PerChannel(factors, x), PerChannel(offsets, x)) { Node = number, Inputs = inputs };
    }

    private static MeanStep Mean(GraphShape x, int number, IReadOnlyList<int> inputs)
    {
        bool map = x.Item.Rank == 3;
        return new MeanStep(map ? 0b1100u : 0b10u, map ? x.Item[1] * x.Item[2] : x.Item[0]) { Node = number, Inputs = inputs };
    }

    private Tensor Constant(GraphParameter parameter) => Read(parameter, constants);

    private Tensor Read(GraphParameter parameter, TensorScope scope) => source.Read(parameter.Name, parameter.Shape, parameter.Start, scope);
}
