using GoNoGo.Detection.Options;

namespace GoNoGo.Weights;

/// <summary>
/// All pre-trained weights that are known, a row a backbone. Facts only: a size, hash or address that is not known is left out,
/// and figures that were read in a listing and not compared with the file are marked as second-hand.
/// </summary>
public static class WeightRegistry
{
    private const string Hub = "https://huggingface.co/timm/";
    private const string HubFile = "/resolve/main/model.safetensors";
    private const string HubListing = "listing of the model hub";
    private const string PyTorchName = "file name, which ends in the first 8 digits of the SHA-256";

    private static readonly WeightVariant[] Table =
    [
        new("deit-base", "Apache-2.0",
        [
            new("model.safetensors")
            {
                Address = Hub + "deit_base_distilled_patch16_224.fb_in1k" + HubFile,
                Bytes = 349_367_122,
                Sha256 = "ccc9d1bbeede1fc8609a7a7482773a35057e9f38035b9b804bced9126c5a70dc",
                IsSecondHand = true,
                Origin = HubListing,
            },
            new("deit_base_distilled_patch16_224-df68dfff.pth") { Sha256 = "df68dfff", Origin = PyTorchName },
        ]) { Project = "DeiT" },
        new("deit-base-undistilled", "Apache-2.0", []) { Project = "DeiT" },
        new("deit-small", "Apache-2.0", []) { Project = "DeiT" },
        new("deit-tiny", "Apache-2.0", []) { Project = "DeiT" },
        new("esvit-tiny", "MIT", [new("checkpoint_best.pth")])
        {
            Project = "EsViT, entry 'EsViT (Swin-T, W=14)' of its model table, folder bl_lr0.0005_gpu16_bs32_multicrop_epoch300_dino_aug_window14/continued_from0200_dense",
        },
        new("esvit-tiny-w7", "MIT", []) { Project = "EsViT, entry 'EsViT (Swin-T, W=7)' of its model table" },
        new("efficientformer-l1", "Apache-2.0", []) { Project = "EfficientFormer" },
        new("efficientformer-l3", "Apache-2.0",
        [
            new("model.safetensors")
            {
                Address = Hub + "efficientformer_l3.snap_dist_in1k" + HubFile,
                Bytes = 125_981_408,
                Sha256 = "ab0c5bfd7c1863e6b7625a08615d0ea88b6acb978d30fdd0fbb24e2e12da3e2a",
                IsSecondHand = true,
                Origin = HubListing + "; the size agrees with the tensors",
            },
            new("efficientformer_l3_300d_224-6816624f.pth") { Sha256 = "6816624f", Origin = PyTorchName },
        ]) { Project = "EfficientFormer" },
        new("efficientformer-l7", "Apache-2.0", []) { Project = "EfficientFormer" },
        new("resnet18", "BSD-3-Clause", []) { Project = "torchvision" },
        new("resnet34", "BSD-3-Clause", []) { Project = "torchvision" },
        new("resnet50", "BSD-3-Clause",
        [
            new("resnet50-11ad3fa6.pth")
            {
                Address = "https://download.pytorch.org/models/resnet50-11ad3fa6.pth",
                Bytes = 102_540_417,
                Sha256 = "11ad3fa62ca79e40addfd354a8ec4b7c75143b3038b8d2a807fbc68deab379ca",
                Origin = "torchvision, IMAGENET1K_V2",
            },
        ]) { Project = "torchvision" },
        new("wide-resnet50-2", "BSD-3-Clause", []) { Project = "torchvision" },
    ];

    /// <summary>All rows.</summary>
    public static IReadOnlyList<WeightVariant> All => Table;

    /// <summary>The row of a backbone.</summary>
    /// <exception cref="OptionException">There is none; the message lists those that exist.</exception>
    public static WeightVariant Find(string id) => Table.FirstOrDefault(variant => variant.Id == id)
        ?? throw new OptionException($"there are no weights '{id}'; there are {string.Join(", ", Table.Select(variant => variant.Id))}{Suggestion.Text(id, Table.Select(variant => variant.Id))}");
}
