using System.Collections.Concurrent;
using GoNoGo.Learning.Checkpoints;
using GoNoGo.Learning.Graphs;
using GoNoGo.Tensors;

namespace GoNoGo.Detection.Backbones.Weights;

/// <summary>What every pre-trained backbone reads from its weights file, by id: gathered from its network, so that there is one list.</summary>
public static class WeightManifests
{
    private static readonly ConcurrentDictionary<string, WeightManifest> Made = new(StringComparer.Ordinal);

    /// <summary>The names that people know the architectures by, for messages.</summary>
    private static readonly Dictionary<string, string> PublishedNames = new(StringComparer.Ordinal)
    {
        ["deit-base"] = "timm deit_base_distilled_patch16_224",
        ["deit-base-undistilled"] = "timm deit_base_patch16_224",
        ["deit-small"] = "timm deit_small_patch16_224",
        ["deit-tiny"] = "timm deit_tiny_patch16_224",
        ["esvit-tiny"] = "EsViT Swin-T window 14",
        ["esvit-tiny-w7"] = "EsViT Swin-T window 7",
        ["efficientformer-l1"] = "timm efficientformer_l1",
        ["efficientformer-l3"] = "timm efficientformer_l3",
        ["efficientformer-l7"] = "timm efficientformer_l7",
        ["resnet18"] = "torchvision resnet18",
        ["resnet34"] = "torchvision resnet34",
        ["resnet50"] = "torchvision resnet50",
        ["wide-resnet50-2"] = "torchvision wide_resnet50_2",
    };

    /// <summary>All manifests, for telling what a file looks like.</summary>
    public static IReadOnlyList<WeightManifest> All => [.. BackboneCatalog.Entries.Select(entry => Of(entry.Id))];

    /// <summary>The manifest of a backbone of the catalog.</summary>
    /// <exception cref="BackboneException">There is none of this id.</exception>
    public static WeightManifest Of(string id) =>
        Made.GetOrAdd(id, _ => Of(BackboneCatalog.Create(id), PublishedNames.GetValueOrDefault(id, id)));

    /// <summary>The manifest of any backbone.</summary>
    /// <param name="backbone">The backbone.</param>
    /// <param name="name">How messages call it.</param>
    public static WeightManifest Of(Backbone backbone, string name)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        var shapes = new Dictionary<string, Shape>(StringComparer.Ordinal);
        var levels = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        var order = new List<string>();
        foreach (FeatureLevel level in backbone.Levels)
        {
            foreach (GraphParameter parameter in backbone.RequiredParameters(level.Name))
            {
                if (shapes.TryAdd(parameter.Name, parameter.Shape))
                {
                    levels.Add(parameter.Name, []);
                    order.Add(parameter.Name);
                }

                levels[parameter.Name].Add(level.Name);
            }
        }

        return new WeightManifest(
            name, [.. backbone.Levels.Select(level => level.Name)], [.. order.Select(key => new KeyRule(key, shapes[key], levels[key]))], backbone.IsIgnorable);
    }
}
