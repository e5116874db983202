using GoNoGo.Learning.Checkpoints;

namespace GoNoGo.Detection.Backbones.Weights;

/// <summary>The tensors of an EfficientFormer (names of timm).</summary>
public static class EfficientFormerKeys
{
    private const int Heads = 8;
    private const int HeadKeys = 32;
    private const int HeadValues = 128;

    /// <param name="architecture">The name for messages.</param>
    /// <param name="widths">The width of each stage.</param>
    /// <param name="depths">The blocks of each stage.</param>
    /// <param name="attentionBlocks">How many blocks of the last stage, counted from its end, are attention blocks.</param>
    /// <param name="lastSide">The side of the last stage's map.</param>
    public static WeightManifest Manifest(string architecture, IReadOnlyList<int> widths, IReadOnlyList<int> depths, int attentionBlocks, int lastSide)
    {
        ArgumentNullException.ThrowIfNull(widths);
        ArgumentNullException.ThrowIfNull(depths);
        string[] all = [.. Enumerable.Range(0, depths.Count).Select(stage => $"stage{stage}"), "last"];
        var keys = new KeyList();
        keys.AddWithBias(all, "stem.conv1", widths[0] / 2, 3, 3, 3);
        keys.AddBatchNorm(all, "stem.norm1", widths[0] / 2);
        keys.AddWithBias(all, "stem.conv2", widths[0], widths[0] / 2, 3, 3);
        keys.AddBatchNorm(all, "stem.norm2", widths[0]);
        for (int stage = 0; stage < depths.Count; stage++)
        {
            string[] levels = all[stage..];
            int width = widths[stage];
            if (stage > 0)
            {
                keys.AddWithBias(levels, $"stages.{stage}.downsample.conv", width, widths[stage - 1], 3, 3);
                keys.AddBatchNorm(levels, $"stages.{stage}.downsample.norm", width);
            }

            int pooling = stage == depths.Count - 1 ? depths[stage] - attentionBlocks : depths[stage];
            for (int block = 0; block < depths[stage]; block++)
            {
                // The flattening before the first attention block counts as a block and has no tensors.
                int index = block < pooling ? block : block + 1;
                AddBlock(keys, levels, $"stages.{stage}.blocks.{index}.", width, block < pooling, lastSide);
            }
        }

        keys.AddNorm(["last"], "norm", widths[^1]);
        return new WeightManifest(
            architecture, all, keys.Keys, NamePatterns.Any("head.*", "head_dist.*", "*.attention_bias_idxs", "*.num_batches_tracked"));
    }

    private static void AddBlock(KeyList keys, string[] levels, string name, int width, bool isPooling, int side)
    {
        keys.Add(levels, name + "ls1.gamma", width);
        keys.Add(levels, name + "ls2.gamma", width);
        if (isPooling)
        {
            keys.AddWithBias(levels, name + "mlp.fc1", 4 * width, width, 1, 1);
            keys.AddBatchNorm(levels, name + "mlp.norm1", 4 * width);
            keys.AddWithBias(levels, name + "mlp.fc2", width, 4 * width, 1, 1);
            keys.AddBatchNorm(levels, name + "mlp.norm2", width);
            return;
        }

        keys.AddNorm(levels, name + "norm1", width);
        keys.AddNorm(levels, name + "norm2", width);
        keys.Add(levels, name + "token_mixer.attention_biases", Heads, side * side);
        keys.AddWithBias(levels, name + "token_mixer.qkv", Heads * ((2 * HeadKeys) + HeadValues), width);
        keys.AddWithBias(levels, name + "token_mixer.proj", width, Heads * HeadValues);
        keys.AddWithBias(levels, name + "mlp.fc1", 4 * width, width);
        keys.AddWithBias(levels, name + "mlp.fc2", width, 4 * width);
    }
}
