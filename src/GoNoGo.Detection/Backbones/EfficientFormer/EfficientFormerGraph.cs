using System.Globalization;
using GoNoGo.Learning.Graphs;
using GoNoGo.Learning.Graphs.Operators;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Kernels.Convolution;
using GoNoGo.Tensors.Kernels.Pooling;

namespace GoNoGo.Detection.Backbones.EfficientFormer;

/// <summary>
/// EfficientFormer (Li et al. 2022) with timm's module and parameter names: a convolutional stem, stages of pooling blocks on maps,
/// and attention blocks on tokens at the end of the last stage.
/// </summary>
internal static class EfficientFormerGraph
{
    private const double LayerScaleStart = 1e-5;

    /// <summary>The network for an input of <paramref name="size"/> x <paramref name="size"/> pixels.</summary>
    public static Graph Build(EfficientFormerSettings settings, int size)
    {
        GraphBuilder root = GraphBuilder.Create(new Shape(3, size, size), out GraphValue images);
        GraphValue x = root.Label("stem", Stem(root.Child("stem"), settings.Widths[0], images));
        for (int stage = 0; stage < settings.Depths.Count; stage++)
        {
            string name = stage.ToString(CultureInfo.InvariantCulture);
            bool isLast = stage == settings.Depths.Count - 1;
            x = root.Child("stages").Label(name, Stage(root.Child("stages").Child(name), settings, stage, isLast ? settings.AttentionBlocks : 0, x));
            root.Output("stage" + name, x);
        }

        GraphValue tokens = root.LayerNorm("norm", root.Label("stages", x), settings.NormEpsilon);
        root.Output(Backbone.LastLevel, tokens);
        GraphValue pooled = root.Add("global_pool", new MeanOverPositionsOp(), tokens);
        root.Output(Backbone.Pooled, pooled);
        GraphValue sum = root.Add("@heads_sum", new AddOp(), root.Linear("head", pooled, settings.Classes), root.Linear("head_dist", pooled, settings.Classes));
        root.Output(Backbone.Logits, root.Add("@heads", new ScaleOp(0.5f), sum));
        return root.Build();
    }

    private static GraphValue Stem(GraphBuilder stem, int width, GraphValue images)
    {
        GraphValue x = stem.BatchNorm2d("norm1", stem.Conv2d("conv1", images, width / 2, 3, new ConvolutionWindow(2, 1)));
        x = stem.Add("act1", new ActivationOp(MatrixActivation.Relu), x);
        x = stem.BatchNorm2d("norm2", stem.Conv2d("conv2", x, width, 3, new ConvolutionWindow(2, 1)));
        return stem.Add("act2", new ActivationOp(MatrixActivation.Relu), x);
    }

    private static GraphValue Stage(GraphBuilder part, EfficientFormerSettings settings, int stage, int attentionBlocks, GraphValue x)
    {
        if (stage > 0)
        {
            GraphBuilder down = part.Child("downsample");
            GraphValue reduced = down.Conv2d("conv", x, settings.Widths[stage], 3, new ConvolutionWindow(2, 1));
            x = part.Label("downsample", down.BatchNorm2d("norm", reduced));
        }

        // In the reference the flattening is a module of its own among the blocks and takes an index.
        int index = 0;
        int depth = settings.Depths[stage];
        GraphBuilder blocks = part.Child("blocks");
        string Next() => (index++).ToString(CultureInfo.InvariantCulture);
        for (int i = 0; i < depth; i++)
        {
            bool attends = depth - i <= attentionBlocks;
            if (attends && x.Shape.Item.Rank == 3)
            {
                x = blocks.Add(Next(), new MapToTokensOp(), x);
            }

            string name = Next();
            x = blocks.Label(name, attends ? AttentionBlock(blocks.Child(name), settings, x) : PoolingBlock(blocks.Child(name), settings, x));
        }

        return part.Label("blocks", x);
    }

    /// <summary>x += g1 (avgpool3x3(x) - x); x += g2 M(x), M two 1x1 convolutions with batch norms and a GELU between.</summary>
    private static GraphValue PoolingBlock(GraphBuilder block, EfficientFormerSettings settings, GraphValue x)
    {
        int width = x.Shape.Item[0];
        GraphBuilder mixer = block.Child("token_mixer");
        GraphValue pooled = mixer.Add("pool", new AvgPool2dOp(new PoolWindow(3, 1, 1), CountIncludePad: false), x);
        GraphValue mixed = block.Label("token_mixer", mixer.Add("@difference", new SubtractOp(), pooled, x));
        x = block.Add("@mixer_sum", new AddOp(), x, block.LayerScale("ls1", mixed, LayerScaleStart));

        GraphBuilder mlp = block.Child("mlp");
        GraphValue hidden = mlp.BatchNorm2d("norm1", mlp.Conv2d("fc1", x, settings.MlpRatio * width, 1, new ConvolutionWindow(1)));
        GraphValue activated = mlp.Add("act", new ActivationOp(MatrixActivation.Gelu), hidden);
        GraphValue result = block.Label("mlp", mlp.BatchNorm2d("norm2", mlp.Conv2d("fc2", activated, width, 1, new ConvolutionWindow(1))));
        return block.Add("@mlp_sum", new AddOp(), x, block.LayerScale("ls2", result, LayerScaleStart));
    }

    /// <summary>x += g1 Attn(LN1(x)); x += g2 MLP(LN2(x)).</summary>
    private static GraphValue AttentionBlock(GraphBuilder block, EfficientFormerSettings settings, GraphValue x)
    {
        int width = x.Shape.Item[1];
        GraphBuilder mixer = block.Child("token_mixer");
        var layout = new AttentionLayout(settings.Heads, settings.KeyWidth, 4 * settings.KeyWidth, IsHeadMajor: true);
        GraphValue qkv = mixer.Linear("qkv", block.LayerNorm("norm1", x, settings.NormEpsilon), layout.Features);
        int side = (int)Math.Sqrt(x.Shape.Item[0]);
        GraphParameter table = GraphParameter.Table(mixer.Path("attention_biases"), new Shape(settings.Heads, side * side));
        var attention = new AttentionOp(layout, 1f / MathF.Sqrt(settings.KeyWidth), new AttentionBias(table, HeadsFirst: true, AbsoluteOffsets(side)));
        GraphValue projected = block.Label("token_mixer", mixer.Linear("proj", mixer.Add("@attention", attention, qkv), width));
        x = block.Add("@mixer_sum", new AddOp(), x, block.LayerScale("ls1", projected, LayerScaleStart));

        GraphBuilder mlp = block.Child("mlp");
        GraphValue hidden = mlp.Linear("fc1", block.LayerNorm("norm2", x, settings.NormEpsilon), settings.MlpRatio * width);
        GraphValue activated = mlp.Add("act", new ActivationOp(MatrixActivation.Gelu), hidden);
        GraphValue result = block.Label("mlp", mlp.Linear("fc2", activated, width));
        return block.Add("@mlp_sum", new AddOp(), x, block.LayerScale("ls2", result, LayerScaleStart));
    }

    /// <summary>The column of the bias table for every query i and key j: |r_i - r_j| side + |c_i - c_j|.</summary>
    private static int[] AbsoluteOffsets(int side)
    {
        int tokens = side * side;
        var index = new int[tokens * tokens];
        for (int i = 0; i < index.Length; i++)
        {
            (int query, int key) = (i / tokens, i % tokens);
            index[i] = (Math.Abs((query / side) - (key / side)) * side) + Math.Abs((query % side) - (key % side));
        }

        return index;
    }
}
