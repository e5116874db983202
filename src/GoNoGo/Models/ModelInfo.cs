using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Detectors;
using GoNoGo.Detection.Models;
using GoNoGo.Detection.Options;
using GoNoGo.Tensors.Formats.Safetensors;

namespace GoNoGo.Models;

/// <summary>What a model file is: its manifest, sizes and counts.</summary>
/// <param name="Path">The file.</param>
/// <param name="FileBytes">Its size.</param>
/// <param name="Manifest">What it says about itself.</param>
/// <param name="ParameterCount">Numbers that training changed or found.</param>
/// <param name="BufferCount">Running statistics besides.</param>
/// <param name="Tensors">Name and shape of every stored tensor, in file order.</param>
/// <param name="Counts">Trainable, as published, and of the backbone; of a network for each position of a tile, one.</param>
public sealed record ModelInfo(
    string Path, long FileBytes, Manifest Manifest, long ParameterCount, long BufferCount, IReadOnlyList<KeyValuePair<string, string>> Tensors, ParameterCounts Counts)
{
    /// <summary>Reads the manifest alone, without the weights.</summary>
    /// <exception cref="ModelException">The file cannot be used as a model.</exception>
    public static Manifest ReadManifest(string path) => ModelFile.ReadManifest(path);

    /// <summary>Reads a model.</summary>
    /// <exception cref="ModelException">The file cannot be used as a model.</exception>
    public static ModelInfo Read(string path)
    {
        Manifest manifest = ModelFile.ReadManifest(path);
        if (manifest.Backbone is not null)
        {
            // Told without the backbone's weights, which may lie elsewhere.
            IReadOnlyList<SafetensorsEntry> head = ModelFile.ReadHead(path);
            return new ModelInfo(
                path, new FileInfo(path).Length, manifest, head.Sum(Elements), 0,
                [.. head.Select(entry => new KeyValuePair<string, string>(entry.Name["head/".Length..], $"[{string.Join(", ", entry.Dimensions.ToArray())}]"))], Count(path, manifest));
        }

        using LoadedModel model = ModelFile.Load(path);
        return new ModelInfo(
            path,
            new FileInfo(path).Length,
            model.Manifest,
            model.Detectors.Named.Sum(pair => pair.Value.Parameters.Sum(parameter => parameter.Shape.ElementCount)),
            model.Detectors.Named.Sum(pair => pair.Value.Buffers.Sum(buffer => buffer.Value.ElementCount)),
            [.. model.Detectors.Named.SelectMany(pair => TensorsOf(pair.Key, pair.Value))],
            Count(path, model.Manifest));
    }

    private static ParameterCounts Count(string path, Manifest manifest)
    {
        try
        {
            return ParameterCounts.Of(manifest);
        }
        catch (Exception exception) when (exception is OptionException or BackboneException)
        {
            throw new ModelException($"'{path}' cannot be used as a model: {exception.Message.TrimEnd('.')}; take a whole copy of it or train anew.", exception);
        }
    }

    private static long Elements(SafetensorsEntry entry)
    {
        long count = 1;
        foreach (long dimension in entry.Dimensions)
        {
            count *= dimension;
        }

        return count;
    }

    private static IEnumerable<KeyValuePair<string, string>> TensorsOf(string prefix, IDetector detector) =>
        detector.Parameters.Select(parameter => new KeyValuePair<string, string>(prefix + parameter.Name, parameter.Shape.ToString()))
            .Concat(detector.Buffers.Select(buffer => new KeyValuePair<string, string>(prefix + buffer.Key, buffer.Value.Shape.ToString())));
}
