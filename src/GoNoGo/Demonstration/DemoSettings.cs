using GoNoGo.Vision.Datasets.Synthetic;

namespace GoNoGo.Demonstration;

/// <summary>What the demo trains: a VT-ADL sized for a sample product line and two cores.</summary>
public static class DemoSettings
{
    /// <summary>
    /// The training options, <c>option=value</c>. The number of epochs is fixed and there is no limit of time: the demo's
    /// model is the same on every machine.
    /// </summary>
    public static IReadOnlyList<string> Options { get; } =
    [
        "size=128",
        "patch=16",
        "width=128",
        "depth=3",
        "heads=4",
        "mlp-width=256",
        "gaussians=16",
        "decoder-layers=4",
        "learning-rate=0.001",
        "batch-size=4",
        "max-epochs=65",
    ];

    /// <summary>The pictures that are drawn.</summary>
    internal static ProductLineOptions Pictures { get; } = new();
}
