using GoNoGo.Learning.Graphs;
using GoNoGo.Learning.Graphs.Operators;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Kernels.Convolution;

namespace GoNoGo.Detection.Backbones.Vit;

/// <summary>
/// The vision transformer (Dosovitskiy et al. 2021) in the form of DeiT (Touvron et al. 2021), with timm's module and parameter names:
/// patch embedding, class (and distillation) token, positions, pre-norm blocks, final norm, heads.
/// </summary>
internal static class VitGraph
{
    /// <summary>The network for an input of <paramref name="size"/> x <paramref name="size"/> pixels.</summary>
    public static Graph Build(VitSettings settings, int size, BlockNorm blockNorm, float epsilon)
    {
        GraphBuilder root = GraphBuilder.Create(new Shape(3, size, size), out GraphValue images);
        GraphValue start = Embed(root, settings, images);
        int patches = start.Shape.Item[0] - settings.PrefixTokens;

        GraphValue x = start;
        var ends = new GraphValue[settings.Depth];
        GraphBuilder blocks = root.Child("blocks");
        for (int i = 0; i < settings.Depth; i++)
        {
            ends[i] = x = blocks.Label($"{i}", Block(blocks.Child($"{i}"), settings, x, epsilon));
        }

        root.Label("blocks", x);
        GraphValue last = root.LayerNorm("norm", x, epsilon);
        GraphValue repeated = start;
        for (int i = 0; i < settings.Depth; i++)
        {
            // As coded by Alber et al. 2024: the block sees what the final norm made of the one before. A second pass over the same weights.
            GraphValue normed = blockNorm == BlockNorm.Once
                ? i == settings.Depth - 1 ? last : root.LayerNorm("norm", ends[i], epsilon)
                : repeated = root.LayerNorm("norm", i == 0 ? ends[0] : Block(blocks.Child($"{i}"), settings, repeated, epsilon), epsilon);
            root.Output($"block{i}", root.Add($"@block{i}", new SliceTokensOp(settings.PrefixTokens, patches), normed));
        }

        root.Output(Backbone.LastLevel, root.Add("@last", new SliceTokensOp(settings.PrefixTokens, patches), last));
        root.Output(Backbone.Logits, Heads(root, settings, last));
        return root.Build();
    }

    /// <summary>Tokens <c>[T + P, D]</c> with their positions.</summary>
    private static GraphValue Embed(GraphBuilder root, VitSettings settings, GraphValue images)
    {
        GraphBuilder embed = root.Child("patch_embed");
        GraphValue map = embed.Conv2d("proj", images, settings.Width, settings.Patch, new ConvolutionWindow(settings.Patch));
        GraphValue tokens = root.Label("patch_embed", root.Add("@tokens", new MapToTokensOp(), map));
        var token = new Shape(1, 1, settings.Width);
        GraphParameter[] prefix = [GraphParameter.Table("cls_token", token), .. settings.IsDistilled ? (GraphParameter[])[GraphParameter.Table("dist_token", token)] : []];
        int grid = settings.TrainedSize / settings.Patch;
        var positions = GraphParameter.Table("pos_embed", new Shape(1, settings.PrefixTokens + (grid * grid), settings.Width));
        return root.Add("pos_drop", new AddPositionsOp(positions, settings.PrefixTokens), root.Add("@prefix", new ConcatTokensOp(prefix), tokens));
    }

    /// <summary>x += Attn(LN1(x)); x += MLP(LN2(x)).</summary>
    private static GraphValue Block(GraphBuilder block, VitSettings settings, GraphValue x, float epsilon)
    {
        int head = settings.Width / settings.Heads;
        GraphBuilder attn = block.Child("attn");
        GraphValue qkv = attn.Linear("qkv", block.LayerNorm("norm1", x, epsilon), 3 * settings.Width);
        GraphValue attended = attn.Add("@attention", new AttentionOp(new AttentionLayout(settings.Heads, head, head), 1f / MathF.Sqrt(head)), qkv);
        GraphValue projected = block.Label("attn", attn.Linear("proj", attended, settings.Width));
        x = block.Add("@attn_sum", new AddOp(), x, projected);

        GraphBuilder mlp = block.Child("mlp");
        GraphValue hidden = mlp.Linear("fc1", block.LayerNorm("norm2", x, epsilon), settings.MlpRatio * settings.Width);
        GraphValue activated = mlp.Add("act", new ActivationOp(MatrixActivation.Gelu), hidden);
        GraphValue result = block.Label("mlp", mlp.Linear("fc2", activated, settings.Width));
        return block.Add("@mlp_sum", new AddOp(), x, result);
    }

    /// <summary>Scores of the classes; with distillation the mean of both heads.</summary>
    private static GraphValue Heads(GraphBuilder root, VitSettings settings, GraphValue tokens)
    {
        GraphValue logits = root.Linear("head", root.Add("@class", new SelectTokenOp(0), tokens), settings.Classes);
        if (!settings.IsDistilled)
        {
            return logits;
        }

        GraphValue distilled = root.Linear("head_dist", root.Add("@distillation", new SelectTokenOp(1), tokens), settings.Classes);
        return root.Add("@heads", new ScaleOp(0.5f), root.Add("@heads_sum", new AddOp(), logits, distilled));
    }
}
