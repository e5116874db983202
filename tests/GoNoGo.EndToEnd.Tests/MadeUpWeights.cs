using GoNoGo.Detection.Backbones.Weights;
using GoNoGo.Learning.Checkpoints;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Formats.Safetensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Random;

namespace GoNoGo.EndToEnd.Tests;

/// <summary>Weights of a backbone's first levels: normal numbers, norms of 1, biases of 0.</summary>
internal static class MadeUpWeights
{
    /// <summary>Writes a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="backbone">The backbone's id.</param>
    /// <param name="levels">The levels, with commas.</param>
    /// <param name="seed">Another one gives other weights.</param>
    /// <param name="deviation">Standard deviation of the weights; null: one over the root of what is summed, which keeps the size of what goes through.</param>
    public static string Write(string path, string backbone, string levels, ulong seed = 7, double? deviation = null)
    {
        using var scope = new TensorScope();
        var writer = new SafetensorsWriter();
        ulong number = 0;
        foreach (KeyRule key in WeightManifests.Of(backbone).KeysOf(levels.Split(',')))
        {
            Tensor tensor = scope.New(key.Shape);
            if (key.Shape.Rank > 1)
            {
                new RandomStream(seed, ++number).FillNormal(0, deviation ?? Math.Sqrt(key.Shape[0] / (double)key.Shape.ElementCount), tensor);
            }
            else
            {
                tensor.Span.Fill(key.Name.EndsWith("bias", StringComparison.Ordinal) || key.Name.EndsWith("mean", StringComparison.Ordinal) ? 0 : 1);
            }

            writer.Add(key.Name, tensor);
        }

        writer.Save(path);
        return path;
    }
}
