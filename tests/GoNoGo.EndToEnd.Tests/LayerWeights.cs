using GoNoGo.Detection.Backbones.Weights;
using GoNoGo.Learning.Checkpoints;
using GoNoGo.Tensors.Formats.Safetensors;
using GoNoGo.Testing;

namespace GoNoGo.EndToEnd.Tests;

/// <summary>Weights of the first layer of ResNet-18: a real backbone in 600 kB.</summary>
internal static class LayerWeights
{
    public const string Id = "resnet18";

    public const string Level = "layer1";

    public static string Write(string path, bool withNaN = false)
    {
        var writer = new SafetensorsWriter();
        foreach (KeyRule key in WeightManifests.Of(Id).KeysOf([Level]))
        {
            float[] values = FormulaParameters.Values(key.Name, key.Shape);
            values[0] = withNaN && key.Name == "conv1.weight" ? float.NaN : values[0];
            writer.Add(key.Name, values, Array.ConvertAll(key.Shape.ToArray(), d => (long)d));
        }

        writer.Save(path);
        return path;
    }
}
