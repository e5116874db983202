using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Detectors;
using GoNoGo.Detection.Detectors.Features;
using GoNoGo.Detection.Features;
using GoNoGo.Detection.Models;
using GoNoGo.Detection.Options;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Detection.Tests.Detectors;

/// <summary>A ResNet-18 at an input of 64 x 64 with start values as weights, cut off after its second layer: two levels of different grids.</summary>
internal static class TinyBackbone
{
    public const string Id = "resnet18";

    public static readonly string[] Levels = ["layer1", "layer2"];

    private static readonly string[] Settings = ["input-size=64"];

    // The bundle must live as long as the write; tests are short.
    private static readonly TensorScope Scope = new();

    public static OptionSet Options => BackboneOptionTable.Of("resnet").Create("default", Settings);

    public static FeatureExtractor Open(ulong seed = 7) => FeatureExtractor.Create(
        BackboneCatalog.Create(Id, BackboneOptionTable.Read(Options)), Levels, WeightSource.Fresh(new TensorScope(), seed));

    public static StoredBackbone? Stored(IDetector detector) => detector is FeatureDetector
        ? new StoredBackbone(Id, new SortedDictionary<string, string>(Options.Values.ToDictionary(), StringComparer.Ordinal), Levels, new string('0', 64), IsBundled: true)
        : null;

    /// <summary>The weights of <see cref="Open"/> with its usual seed.</summary>
    public static IReadOnlyList<KeyValuePair<string, Tensor>>? Bundle(IDetector detector)
    {
        if (detector is not FeatureDetector { Features: { } features })
        {
            return null;
        }

        WeightSource source = WeightSource.Fresh(Scope, 7);
        return [.. features.Backbone.RequiredParameters(Levels).Select(parameter =>
            new KeyValuePair<string, Tensor>(parameter.Name, source.Read(parameter.Name, parameter.Shape, parameter.Start, Scope)))];
    }
}
