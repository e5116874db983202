namespace GoNoGo.EndToEnd.Tests;

/// <summary>Names that the contract fixes.</summary>
public static class Names
{
    public static readonly string[] Metrics =
        ["auroc", "ap", "pr_auc", "f1_max", "f1_max_threshold", "pixel_auroc", "pixel_ap", "aupro_0.3", "aupro_0.05", "pro_coded"];
}
