using GoNoGo.Learning.Checkpoints;

namespace GoNoGo.Detection.Backbones.Weights;

/// <summary>
/// The tensors of a ResNet (names of torchvision). A file whose batch norms were folded into the convolutions keeps these names,
/// with norms that only add a bias.
/// </summary>
public static class ResNetKeys
{
    /// <param name="architecture">The name for messages.</param>
    /// <param name="depths">The blocks of each layer.</param>
    /// <param name="isBottleneck">Blocks of three convolutions (ResNet-50 and up) instead of two.</param>
    /// <param name="innerFactor">The width of a bottleneck's 3x3 convolution over that of ResNet-50: 2 for the wide ones.</param>
    public static WeightManifest Manifest(string architecture, IReadOnlyList<int> depths, bool isBottleneck, int innerFactor = 1)
    {
        ArgumentNullException.ThrowIfNull(depths);
        string[] all = [.. Enumerable.Range(1, depths.Count).Select(layer => $"layer{layer}"), "last"];
        var keys = new KeyList();
        keys.Add(all, "conv1.weight", 64, 3, 7, 7);
        keys.AddBatchNorm(all, "bn1", 64);
        int input = 64;
        for (int layer = 0; layer < depths.Count; layer++)
        {
            int width = 64 << layer;
            int output = isBottleneck ? 4 * width : width;
            for (int block = 0; block < depths[layer]; block++)
            {
                string name = $"layer{layer + 1}.{block}.";
                AddBlock(keys, all[layer..], name, input, width * innerFactor, output, isBottleneck);
                if (block == 0 && (layer > 0 || input != output))
                {
                    keys.Add(all[layer..], name + "downsample.0.weight", output, input, 1, 1);
                    keys.AddBatchNorm(all[layer..], name + "downsample.1", output);
                }

                input = output;
            }
        }

        return new WeightManifest(architecture, all, keys.Keys, NamePatterns.Any("fc.*", "*.num_batches_tracked"));
    }

    private static void AddBlock(KeyList keys, string[] levels, string name, int input, int width, int output, bool isBottleneck)
    {
        if (!isBottleneck)
        {
            keys.Add(levels, name + "conv1.weight", width, input, 3, 3);
            keys.AddBatchNorm(levels, name + "bn1", width);
            keys.Add(levels, name + "conv2.weight", output, width, 3, 3);
            keys.AddBatchNorm(levels, name + "bn2", output);
            return;
        }

        keys.Add(levels, name + "conv1.weight", width, input, 1, 1);
        keys.AddBatchNorm(levels, name + "bn1", width);
        keys.Add(levels, name + "conv2.weight", width, width, 3, 3);
        keys.AddBatchNorm(levels, name + "bn2", width);
        keys.Add(levels, name + "conv3.weight", output, width, 1, 1);
        keys.AddBatchNorm(levels, name + "bn3", output);
    }
}
