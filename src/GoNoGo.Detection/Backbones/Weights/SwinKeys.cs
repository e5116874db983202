using GoNoGo.Learning.Checkpoints;

namespace GoNoGo.Detection.Backbones.Weights;

/// <summary>The tensors of a Swin transformer (names of its authors, which EsViT keeps).</summary>
public static class SwinKeys
{
    /// <param name="architecture">The name for messages.</param>
    /// <param name="embedding">The width of the first stage.</param>
    /// <param name="depths">The blocks of each stage.</param>
    /// <param name="heads">The attention heads of each stage.</param>
    /// <param name="window">The side of a window; a stage whose map is smaller has windows of the map's size.</param>
    /// <param name="firstSide">The side of the first stage's map.</param>
    public static WeightManifest Manifest(
        string architecture, int embedding, IReadOnlyList<int> depths, IReadOnlyList<int> heads, int window, int firstSide)
    {
        ArgumentNullException.ThrowIfNull(depths);
        ArgumentNullException.ThrowIfNull(heads);
        string[] all = [.. Enumerable.Range(0, depths.Count).Select(stage => $"stage{stage}"), "last"];
        var keys = new KeyList();
        keys.AddWithBias(all, "patch_embed.proj", embedding, 3, 4, 4);
        keys.AddNorm(all, "patch_embed.norm", embedding);
        int width = embedding;
        for (int stage = 0; stage < depths.Count; stage++)
        {
            int side = Math.Min(window, firstSide >> stage);
            for (int block = 0; block < depths[stage]; block++)
            {
                string name = $"layers.{stage}.blocks.{block}.";
                string[] levels = all[stage..];
                keys.AddNorm(levels, name + "norm1", width);
                keys.Add(levels, name + "attn.relative_position_bias_table", ((2 * side) - 1) * ((2 * side) - 1), heads[stage]);
                keys.AddWithBias(levels, name + "attn.qkv", 3 * width, width);
                keys.AddWithBias(levels, name + "attn.proj", width, width);
                keys.AddNorm(levels, name + "norm2", width);
                keys.AddWithBias(levels, name + "mlp.fc1", 4 * width, width);
                keys.AddWithBias(levels, name + "mlp.fc2", width, 4 * width);
            }

            if (stage < depths.Count - 1)
            {
                // The merging at a stage's end serves the next ones.
                string[] levels = all[(stage + 1)..];
                keys.Add(levels, $"layers.{stage}.downsample.reduction.weight", 2 * width, 4 * width);
                keys.AddNorm(levels, $"layers.{stage}.downsample.norm", 4 * width);
                width *= 2;
            }
        }

        keys.AddNorm(["last"], "norm", width);
        return new WeightManifest(architecture, all, keys.Keys, NamePatterns.Any("head.*", "head_dense.*", "*.relative_position_index", "*.attn_mask"));
    }
}
