using GoNoGo.Learning.Checkpoints;

namespace GoNoGo.Detection.Backbones.Weights;

/// <summary>What every pre-trained backbone reads from its weight file, by id.</summary>
public static class WeightManifests
{
    private static readonly Dictionary<string, Lazy<WeightManifest>> Table = new(StringComparer.Ordinal)
    {
        ["deit-base"] = new(() => VitKeys.Manifest("timm deit_base_distilled_patch16_224", 768, 12, 16, 14, isDistilled: true)),
        ["deit-base-undistilled"] = new(() => VitKeys.Manifest("timm deit_base_patch16_224", 768, 12, 16, 14, isDistilled: false)),
        ["deit-small"] = new(() => VitKeys.Manifest("timm deit_small_patch16_224", 384, 12, 16, 14, isDistilled: false)),
        ["deit-tiny"] = new(() => VitKeys.Manifest("timm deit_tiny_patch16_224", 192, 12, 16, 14, isDistilled: false)),
        ["esvit-tiny"] = new(() => SwinKeys.Manifest("EsViT Swin-T window 14", 96, [2, 2, 6, 2], [3, 6, 12, 24], 14, 56)),
        ["esvit-tiny-w7"] = new(() => SwinKeys.Manifest("EsViT Swin-T window 7", 96, [2, 2, 6, 2], [3, 6, 12, 24], 7, 56)),
        ["efficientformer-l1"] = new(() => EfficientFormerKeys.Manifest("timm efficientformer_l1", [48, 96, 224, 448], [3, 2, 6, 4], 1, 7)),
        ["efficientformer-l3"] = new(() => EfficientFormerKeys.Manifest("timm efficientformer_l3", [64, 128, 320, 512], [4, 4, 12, 6], 4, 7)),
        ["efficientformer-l7"] = new(() => EfficientFormerKeys.Manifest("timm efficientformer_l7", [96, 192, 384, 768], [6, 6, 18, 8], 8, 7)),
        ["resnet18"] = new(() => ResNetKeys.Manifest("torchvision resnet18", [2, 2, 2, 2], isBottleneck: false)),
        ["resnet34"] = new(() => ResNetKeys.Manifest("torchvision resnet34", [3, 4, 6, 3], isBottleneck: false)),
        ["resnet50"] = new(() => ResNetKeys.Manifest("torchvision resnet50", [3, 4, 6, 3], isBottleneck: true)),
        ["wide-resnet50-2"] = new(() => ResNetKeys.Manifest("torchvision wide_resnet50_2", [3, 4, 6, 3], isBottleneck: true, innerFactor: 2)),
    };

    /// <summary>All ids.</summary>
    public static IReadOnlyCollection<string> Ids => Table.Keys;

    /// <summary>All manifests, for telling what a file looks like.</summary>
    public static IReadOnlyList<WeightManifest> All => [.. Table.Values.Select(manifest => manifest.Value)];

    /// <summary>The manifest of a backbone, or null for an unknown id.</summary>
    public static WeightManifest? Find(string id) => Table.TryGetValue(id, out Lazy<WeightManifest>? manifest) ? manifest.Value : null;
}
