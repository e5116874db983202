using System.Globalization;
using GoNoGo.Learning.Graphs;
using GoNoGo.Learning.Graphs.Operators;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Kernels.Convolution;
using GoNoGo.Tensors.Kernels.Pooling;

namespace GoNoGo.Detection.Backbones.ResNet;

/// <summary>
/// The residual network (He et al. 2016) in torchvision's form "v1.5", with the stride in the 3x3 convolution, and its parameter
/// names: stem, four layers of residual blocks, head.
/// </summary>
internal static class ResNetGraph
{
    /// <summary>The network for an input of <paramref name="size"/> x <paramref name="size"/> pixels.</summary>
    public static Graph Build(ResNetSettings settings, int size)
    {
        GraphBuilder root = GraphBuilder.Create(new Shape(3, size, size), out GraphValue images);
        GraphValue x = Unit(root, "conv1", "bn1", images, settings.Width, 7, new ConvolutionWindow(2, 3));
        x = Relu(root, "act1", x);
        x = root.Add("maxpool", new MaxPool2dOp(new PoolWindow(3, 2, 1)), x);
        for (int layer = 0; layer < settings.Depths.Count; layer++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"layer{layer + 1}");
            for (int i = 0; i < settings.Depths[layer]; i++)
            {
                GraphBuilder block = root.Child(name).Child(i.ToString(CultureInfo.InvariantCulture));
                int stride = layer > 0 && i == 0 ? 2 : 1;
                x = root.Child(name).Label(i.ToString(CultureInfo.InvariantCulture), settings.IsBottleneck ? Bottleneck(block, settings, layer, stride, x) : Basic(block, settings, layer, stride, x));
            }

            root.Output(name, root.Label(name, x));
        }

        root.Output(Backbone.LastLevel, x);
        root.Output(Backbone.Logits, root.Linear("fc", root.Add("global_pool", new MeanOverPositionsOp(), x), settings.Classes));
        return root.Build();
    }

    /// <summary>x = ReLU(shortcut(x) + BN3(conv1x1(ReLU(BN2(conv3x3(ReLU(BN1(conv1x1(x)))))))).</summary>
    private static GraphValue Bottleneck(GraphBuilder block, ResNetSettings settings, int layer, int stride, GraphValue x)
    {
        int inner = (settings.Width << layer) * settings.InnerFactor;
        int outputs = settings.OutputWidth(layer);
        GraphValue y = Relu(block, "act1", Unit(block, "conv1", "bn1", x, inner, 1, new ConvolutionWindow(1)));
        y = Relu(block, "act2", Unit(block, "conv2", "bn2", y, inner, 3, new ConvolutionWindow(stride, 1)));
        y = Unit(block, "conv3", "bn3", y, outputs, 1, new ConvolutionWindow(1));
        return Relu(block, "act3", block.Add("@sum", new AddOp(), y, Shortcut(block, outputs, stride, x)));
    }

    /// <summary>x = ReLU(shortcut(x) + BN2(conv3x3(ReLU(BN1(conv3x3(x)))))).</summary>
    private static GraphValue Basic(GraphBuilder block, ResNetSettings settings, int layer, int stride, GraphValue x)
    {
        int outputs = settings.OutputWidth(layer);
        GraphValue y = Relu(block, "act1", Unit(block, "conv1", "bn1", x, outputs, 3, new ConvolutionWindow(stride, 1)));
        y = Unit(block, "conv2", "bn2", y, outputs, 3, new ConvolutionWindow(1, 1));
        return Relu(block, "act2", block.Add("@sum", new AddOp(), y, Shortcut(block, outputs, stride, x)));
    }

    /// <summary>The identity, or a 1x1 convolution where the shape changes.</summary>
    private static GraphValue Shortcut(GraphBuilder block, int outputs, int stride, GraphValue x) =>
        stride == 1 && x.Shape.Item[0] == outputs
            ? x
            : block.Label("downsample", Unit(block.Child("downsample"), "0", "1", x, outputs, 1, new ConvolutionWindow(stride)));

    private static GraphValue Unit(GraphBuilder block, string convolution, string norm, GraphValue x, int outputs, int kernel, ConvolutionWindow window) =>
        block.BatchNorm2d(norm, block.Conv2d(convolution, x, outputs, kernel, window, bias: false));

    private static GraphValue Relu(GraphBuilder block, string name, GraphValue x) => block.Add(name, new ActivationOp(MatrixActivation.Relu), x);
}
