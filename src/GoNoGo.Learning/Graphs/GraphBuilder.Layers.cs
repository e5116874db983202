using GoNoGo.Learning.Graphs.Operators;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels.Convolution;

namespace GoNoGo.Learning.Graphs;

/// <content>The layers with parameters, named as the reference's modules name them.</content>
public sealed partial class GraphBuilder
{
    /// <summary><c>[.., I]</c> to <c>[.., outputs]</c> with <c>name.weight</c> <c>[outputs, I]</c> and <c>name.bias</c>.</summary>
    public GraphValue Linear(string name, GraphValue x, int outputs, bool bias = true)
    {
        var shape = new Shape(outputs, x.Shape.Item[-1]);
        return Add(name, new LinearOp(Weight(name, shape), bias ? Bias(name, shape) : null), x);
    }

    /// <summary><c>[C, H, W]</c> to <c>[outputs, H', W']</c> with <c>name.weight</c> <c>[outputs, C / groups, k, k]</c> and <c>name.bias</c>.</summary>
    public GraphValue Conv2d(string name, GraphValue x, int outputs, int kernel, ConvolutionWindow window, bool bias = true)
    {
        var shape = new Shape(outputs, x.Shape.Item[0] / window.Groups, kernel, kernel);
        return Add(name, new Conv2dOp(Weight(name, shape), bias ? Bias(name, shape) : null, window), x);
    }

    /// <summary>Batch normalisation of <c>[C, H, W]</c> with <c>name.weight</c>, <c>.bias</c>, <c>.running_mean</c>, <c>.running_var</c>.</summary>
    public GraphValue BatchNorm2d(string name, GraphValue x, float epsilon = 1e-5f, float momentum = 0.1f)
    {
        var shape = new Shape(x.Shape.Item[0]);
        return Add(
            name,
            new BatchNorm2dOp(
                GraphParameter.Constant(Path(name + ".weight"), shape, 1),
                GraphParameter.Constant(Path(name + ".bias"), shape, 0),
                GraphParameter.Buffer(Path(name + ".running_mean"), shape, 0),
                GraphParameter.Buffer(Path(name + ".running_var"), shape, 1),
                epsilon,
                momentum),
            x);
    }

    /// <summary>Layer normalisation over the last dimension with <c>name.weight</c> and <c>name.bias</c>.</summary>
    public GraphValue LayerNorm(string name, GraphValue x, float epsilon) => LayerNorm(name, x, new Shape(x.Shape.Item[-1]), epsilon);

    /// <summary>Layer normalisation over the given innermost dimensions, for example <c>[C, H, W]</c>.</summary>
    public GraphValue LayerNorm(string name, GraphValue x, Shape normalized, float epsilon) =>
        Add(
            name,
            new LayerNormOp(
                GraphParameter.Constant(Path(name + ".weight"), normalized, 1), GraphParameter.Constant(Path(name + ".bias"), normalized, 0), epsilon),
            x);

    /// <summary>Learned factors per channel, <c>name.gamma</c>: of <c>[C, H, W]</c> along C, of <c>[N, C]</c> along the last dimension.</summary>
    public GraphValue LayerScale(string name, GraphValue x, double start = 1e-5)
    {
        int channels = x.Shape.Item[x.Shape.Item.Rank == 3 ? 0 : -1];
        return Add(name, new ScaleChannelsOp(GraphParameter.Constant(Path(name + ".gamma"), new Shape(channels), start)), x);
    }

    private GraphParameter Weight(string name, Shape shape) => GraphParameter.Weight(Path(name + ".weight"), shape);

    private GraphParameter Bias(string name, Shape weight) => GraphParameter.Bias(Path(name + ".bias"), weight);
}
