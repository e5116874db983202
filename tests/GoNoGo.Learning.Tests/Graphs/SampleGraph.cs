using GoNoGo.Learning.Graphs;
using GoNoGo.Learning.Graphs.Operators;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Kernels.Convolution;
using GoNoGo.Tensors.Kernels.Pooling;

namespace GoNoGo.Learning.Tests.Graphs;

/// <summary>A small network with every operator in it, odd sizes and every fusion there is.</summary>
internal static class SampleGraph
{
    public static Graph Build()
    {
        GraphBuilder root = GraphBuilder.Create(new Shape(3, 20, 20), out GraphValue images);
        GraphValue x = root.Add("pool", new MaxPool2dOp(new PoolWindow(3, 2, 1)), Stem(root.Child("stem"), images));
        GraphValue mixed = root.Add("mixer", new SubtractOp(), root.Add("avg", new AvgPool2dOp(new PoolWindow(3, 1, 1), CountIncludePad: false), x), x);
        x = root.Add("mixed", new AddOp(), x, root.LayerScale("ls", mixed, 0.5));
        root.Output("maps", root.BatchNorm2d("unfused", x));
        GraphValue padded = root.Add("padded", new AvgPool2dOp(new PoolWindow(2, 1, 1), CountIncludePad: true), x);
        root.Output("pooled", root.Add("mean", new MeanOverPositionsOp(), root.LayerNorm("map_norm", padded, padded.Shape.Item, 1e-5f)));

        // 5 x 5 tokens of 12 features, in windows of 3 that need padding.
        GraphValue tokens = root.Add("tokens", new MapToTokensOp(), x);
        root.Output("windows", Windows(root.Child("windows"), tokens));
        root.Output("merged", root.Linear("reduction", root.Add("merge", new PatchMergeOp(5, 5), tokens), 7, bias: false));

        GraphParameter[] prefix = [GraphParameter.Table("cls_token", new Shape(1, 1, 12)), GraphParameter.Table("dist_token", new Shape(1, 1, 12))];
        GraphValue all = root.Add("positions", new AddPositionsOp(GraphParameter.Table("pos_embed", new Shape(1, 2 + 9, 12)), 2), root.Add("prefix", new ConcatTokensOp(prefix), tokens));
        root.Output("class", root.Add("scaled", new ScaleOp(0.5f), root.Add("select", new SelectTokenOp(1), all)));
        GraphValue head = HeadMajor(root.Child("attention"), root.Add("slice", new SliceTokensOp(2, 25), all));
        root.Output("attended", head);
        root.Output("map", root.Add("map", new TokensToMapOp(5, 5), head));
        root.Output("mean_token", root.Add("mean_token", new MeanOverPositionsOp(), head));
        return root.Build();
    }

    private static GraphValue Stem(GraphBuilder stem, GraphValue images)
    {
        GraphValue x = stem.Conv2d("conv1", images, 6, 3, new ConvolutionWindow(2, 1), bias: false);
        GraphValue first = stem.Add("act1", new ActivationOp(MatrixActivation.Relu), stem.BatchNorm2d("bn1", x));
        GraphValue wide = stem.BatchNorm2d("bn2", stem.Conv2d("conv2", first, 12, 1, new ConvolutionWindow(1)));
        GraphValue shortcut = stem.Conv2d("shortcut", first, 12, 2, ConvolutionWindow.Same(2, 2));
        GraphValue sum = stem.Add("act2", new ActivationOp(MatrixActivation.Relu), stem.Add("sum", new AddOp(), wide, shortcut));
        GraphValue hidden = stem.Add("gelu", new ActivationOp(MatrixActivation.Gelu), stem.Conv2d("conv3", sum, 5, 1, new ConvolutionWindow(1)));
        return stem.Add("sum2", new AddOp(), sum, stem.Add("drop", new DropPathOp(0.3f), stem.LayerScale("ls", stem.Conv2d("conv4", hidden, 12, 1, new ConvolutionWindow(1)), 0.7)));
    }

    private static GraphValue Windows(GraphBuilder block, GraphValue x)
    {
        var grid = new WindowGrid(5, 5, 3, 1);
        int[] index = [.. Enumerable.Range(0, 81).Select(i => (i * 7) % 25)];
        GraphValue windows = block.Add("partition", new WindowPartitionOp(grid), block.LayerNorm("norm", x, 1e-6f));
        var bias = new AttentionBias(GraphParameter.Table(block.Path("table"), new Shape(25, 2)), HeadsFirst: false, index);
        GraphValue attended = block.Add("attention", new AttentionOp(new AttentionLayout(2, 6, 6), 0.4f, bias, grid), block.Linear("qkv", windows, 36));
        return block.Add("sum", new AddOp(), x, block.Add("drop", new DropPathOp(0.2f), block.Add("reverse", new WindowReverseOp(grid), block.Linear("proj", attended, 12))));
    }

    private static GraphValue HeadMajor(GraphBuilder block, GraphValue x)
    {
        var layout = new AttentionLayout(3, 4, 8, IsHeadMajor: true);
        int[] index = [.. Enumerable.Range(0, 625).Select(i => (i * 3) % 25)];
        var bias = new AttentionBias(GraphParameter.Table(block.Path("biases"), new Shape(3, 25)), HeadsFirst: true, index);
        GraphValue attended = block.Add("attention", new AttentionOp(layout, 0.5f, bias), block.Linear("qkv", x, layout.Features));
        x = block.Add("sum", new AddOp(), block.LayerScale("ls", block.Linear("proj", attended, 12), 0.6), x);
        GraphValue hidden = block.Add("act", new ActivationOp(MatrixActivation.Gelu), block.Linear("fc1", x, 30));
        return block.Add("relu", new ActivationOp(MatrixActivation.Relu), block.Add("sum2", new AddOp(), x, block.Linear("fc2", hidden, 12)));
    }
}
