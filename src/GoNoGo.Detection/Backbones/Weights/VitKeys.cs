using GoNoGo.Learning.Checkpoints;

namespace GoNoGo.Detection.Backbones.Weights;

/// <summary>The tensors of a vision transformer (names of timm). Every level ends in the final norm.</summary>
public static class VitKeys
{
    /// <param name="architecture">The name for messages.</param>
    /// <param name="width">The width of a token, D.</param>
    /// <param name="depth">The number of blocks.</param>
    /// <param name="patch">The side of a patch in pixels.</param>
    /// <param name="side">The patches along a side of the picture.</param>
    /// <param name="isDistilled">Whether there is a distillation token.</param>
    public static WeightManifest Manifest(string architecture, int width, int depth, int patch, int side, bool isDistilled)
    {
        string[] blocks = [.. Enumerable.Range(0, depth).Select(block => $"block{block}")];
        string[] all = [.. blocks, "last"];
        var keys = new KeyList();
        keys.Add(all, "cls_token", 1, 1, width);
        if (isDistilled)
        {
            keys.Add(all, "dist_token", 1, 1, width);
        }

        keys.Add(all, "pos_embed", 1, (isDistilled ? 2 : 1) + (side * side), width);
        keys.AddWithBias(all, "patch_embed.proj", width, 3, patch, patch);
        for (int block = 0; block < depth; block++)
        {
            string name = $"blocks.{block}.";
            string[] levels = all[block..];
            keys.AddNorm(levels, name + "norm1", width);
            keys.AddWithBias(levels, name + "attn.qkv", 3 * width, width);
            keys.AddWithBias(levels, name + "attn.proj", width, width);
            keys.AddNorm(levels, name + "norm2", width);
            keys.AddWithBias(levels, name + "mlp.fc1", 4 * width, width);
            keys.AddWithBias(levels, name + "mlp.fc2", width, 4 * width);
        }

        keys.AddNorm(all, "norm", width);
        return new WeightManifest(architecture, all, keys.Keys, NamePatterns.Any("head.*", "head_dist.*"));
    }
}
