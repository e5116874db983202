using System.Globalization;
using GoNoGo.Learning.Graphs;
using GoNoGo.Learning.Graphs.Operators;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Kernels.Convolution;

namespace GoNoGo.Detection.Backbones.Swin;

/// <summary>
/// The shifted-window transformer (Liu et al. 2021) as EsViT trains it (Li et al. 2022), with its parameter names: patch embedding
/// with a norm, stages of window attention alternately straight and shifted, 2 x 2 patch merging between them, final norm.
/// </summary>
internal static class SwinGraph
{
    /// <summary>The network for an input of <paramref name="size"/> x <paramref name="size"/> pixels.</summary>
    public static Graph Build(SwinSettings settings, int size, float epsilon)
    {
        GraphBuilder root = GraphBuilder.Create(new Shape(3, size, size), out GraphValue images);
        GraphBuilder embed = root.Child("patch_embed");
        GraphValue map = embed.Conv2d("proj", images, settings.Width, settings.Patch, new ConvolutionWindow(settings.Patch));
        GraphValue x = root.Label("patch_embed", embed.LayerNorm("norm", embed.Add("@tokens", new MapToTokensOp(), map), epsilon));

        int blocks = settings.Depths.Sum();
        int number = 0;
        for (int stage = 0; stage < settings.Depths.Count; stage++)
        {
            string index = stage.ToString(CultureInfo.InvariantCulture);
            GraphBuilder layer = root.Child("layers").Child(index);
            int side = settings.Side(stage, size);
            for (int i = 0; i < settings.Depths[stage]; i++, number++)
            {
                string name = i.ToString(CultureInfo.InvariantCulture);
                int window = settings.WindowOf(stage, size);
                int shift = i % 2 == 1 && side > settings.Window ? window / 2 : 0;
                var grid = new WindowGrid(side, side, window, shift);
                float rate = blocks > 1 ? settings.DropPath * number / (blocks - 1) : 0;
                x = layer.Child("blocks").Label(name, Block(layer.Child("blocks").Child(name), settings, settings.Heads[stage], grid, rate, epsilon, x));
            }

            root.Output("stage" + index, x);
            if (stage < settings.Depths.Count - 1)
            {
                GraphBuilder merge = layer.Child("downsample");
                GraphValue squares = merge.LayerNorm("norm", merge.Add("@squares", new PatchMergeOp(side, side), x), epsilon);
                x = layer.Label("downsample", merge.Linear("reduction", squares, 2 * x.Shape.Item[1], bias: false));
            }

            root.Child("layers").Label(index, x);
        }

        GraphValue tokens = root.LayerNorm("norm", x, epsilon);
        root.Output(Backbone.LastLevel, tokens);
        root.Output(Backbone.Pooled, root.Add("avgpool", new MeanOverPositionsOp(), tokens));
        return root.Build();
    }

    /// <summary>x += WindowAttn(LN1(x)); x += MLP(LN2(x)).</summary>
    private static GraphValue Block(GraphBuilder block, SwinSettings settings, int heads, WindowGrid grid, float rate, float epsilon, GraphValue x)
    {
        int width = x.Shape.Item[1];
        GraphBuilder attn = block.Child("attn");
        GraphValue windows = block.Add("@windows", new WindowPartitionOp(grid), block.LayerNorm("norm1", x, epsilon));
        GraphValue qkv = attn.Linear("qkv", windows, 3 * width);
        int offsets = (2 * grid.Window) - 1;
        GraphParameter table = GraphParameter.Table(attn.Path("relative_position_bias_table"), new Shape(offsets * offsets, heads));
        var attention = new AttentionOp(
            new AttentionLayout(heads, width / heads, width / heads),
            1f / MathF.Sqrt(width / heads),
            new AttentionBias(table, HeadsFirst: false, RelativePositions(grid.Window)),
            grid.Shift > 0 ? grid : null);
        GraphValue projected = block.Label("attn", attn.Linear("proj", attn.Add("@attention", attention, qkv), width));
        GraphValue branch = DropPath(block, "@attn_drop_path", rate, block.Add("@map", new WindowReverseOp(grid), projected));
        x = block.Add("@attn_sum", new AddOp(), x, branch);

        GraphBuilder mlp = block.Child("mlp");
        GraphValue hidden = mlp.Linear("fc1", block.LayerNorm("norm2", x, epsilon), settings.MlpRatio * width);
        GraphValue activated = mlp.Add("act", new ActivationOp(MatrixActivation.Gelu), hidden);
        GraphValue result = block.Label("mlp", mlp.Linear("fc2", activated, width));
        return block.Add("@mlp_sum", new AddOp(), x, DropPath(block, "drop_path", rate, result));
    }

    private static GraphValue DropPath(GraphBuilder block, string name, float rate, GraphValue x) =>
        rate > 0 ? block.Add(name, new DropPathOp(rate), x) : x;

    /// <summary>The row of the bias table for every query i and key j: (r_i - r_j + w - 1)(2 w - 1) + (c_i - c_j + w - 1).</summary>
    private static int[] RelativePositions(int window)
    {
        int tokens = window * window;
        var index = new int[tokens * tokens];
        for (int i = 0; i < index.Length; i++)
        {
            (int query, int key) = (i / tokens, i % tokens);
            int rows = (query / window) - (key / window) + window - 1;
            int columns = (query % window) - (key % window) + window - 1;
            index[i] = (rows * ((2 * window) - 1)) + columns;
        }

        return index;
    }
}
