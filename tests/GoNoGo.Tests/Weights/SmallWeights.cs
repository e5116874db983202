using GoNoGo.Detection.Backbones.Weights;
using GoNoGo.Learning.Checkpoints;
using GoNoGo.Tensors.Formats.Safetensors;

namespace GoNoGo.Tests.Weights;

/// <summary>ResNet-18 weights of the first layer only: a real backbone's names and shapes in 600 kB.</summary>
internal static class SmallWeights
{
    public const string Id = "resnet18";

    public static byte[] Safetensors(float value = 0.5f, string prefix = "")
    {
        var writer = new SafetensorsWriter();
        foreach (KeyRule key in WeightManifests.Of(Id).KeysOf(["layer1"]))
        {
            var values = new float[key.Shape.ElementCount];
            Array.Fill(values, value);
            writer.Add(prefix + key.Name, values, Array.ConvertAll(key.Shape.ToArray(), d => (long)d));
        }

        var stream = new MemoryStream();
        writer.Write(stream);
        return stream.ToArray();
    }

    public static string Hash(byte[] content) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content));
}
