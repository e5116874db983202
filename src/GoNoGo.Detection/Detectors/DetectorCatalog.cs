using GoNoGo.Detection.Detectors.Autoencoder;
using GoNoGo.Detection.Detectors.Flow;
using GoNoGo.Detection.Detectors.Gmm;
using GoNoGo.Detection.Detectors.GmmEm;
using GoNoGo.Detection.Detectors.Padim;
using GoNoGo.Detection.Detectors.PatchCore;
using GoNoGo.Detection.Detectors.VtAdl;
using GoNoGo.Detection.Features;
using GoNoGo.Detection.Options;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Detection.Detectors;

/// <summary>
/// Makes a detector from options, a source of parameters, the scope that owns them, stored statistics, and the backbone where it uses one
/// (it then owns the backbone; not before the factory returns).
/// </summary>
public delegate IDetector DetectorFactory(
    OptionSet options, WeightSource source, TensorScope scope, SortedDictionary<string, double>? statistics, FeatureExtractor? features);

/// <summary>One entry of the catalog.</summary>
/// <param name="Id">The id, as in <c>--detector</c>.</param>
/// <param name="Summary">One sentence.</param>
/// <param name="Options">The option table.</param>
/// <param name="Create">The factory.</param>
public sealed record DetectorEntry(string Id, string Summary, OptionTable Options, DetectorFactory Create)
{
    /// <summary>The backbone where <c>--backbone</c> names none; null for detectors that bring their own network.</summary>
    public string? DefaultBackbone { get; init; }

    /// <summary>Whether the detector looks at the features of a backbone.</summary>
    public bool UsesBackbone => DefaultBackbone is not null;

    /// <summary>
    /// The levels of convolutional backbones that the paper's presets look at where nobody names any; of backbones without them, and of others, it is the last one.
    /// </summary>
    public IReadOnlyList<string> PaperLevels { get; init; } = [];

    /// <summary>Whether training runs in epochs that checkpoints can interrupt; otherwise it looks at every picture once.</summary>
    public bool TrainsInEpochs { get; init; } = true;
}

/// <summary>All detectors. A new one is one folder, one line here and one page of docs; contract tests iterate over the list.</summary>
public static class DetectorCatalog
{
    /// <summary>The detectors, in the order of the docs.</summary>
    public static IReadOnlyList<DetectorEntry> Entries { get; } =
    [
        new("vtadl", "Vision transformer, decoder and mixture density network, trained end to end (Mishra et al. 2021).",
            VtAdlOptions.Table, (options, source, scope, statistics, _) => new VtAdlDetector(options, source, scope, statistics)),
        new("autoencoder", "Convolutional autoencoder, the baseline of the BTAD table (Mishra et al. 2021).",
            AutoencoderOptions.Table, (options, source, scope, _, _) => new AutoencoderDetector(options, source, scope)),
        new("padim", "Gaussians of backbone features at every position (Defard et al. 2021): seconds to train, good maps.",
            PadimOptions.Table, (options, source, scope, statistics, features) => new PadimDetector(options, source, scope, statistics, features))
            { DefaultBackbone = "resnet50", TrainsInEpochs = false },
        new("patchcore", "A bank of patches of good pictures and the nearest of them (Roth et al. 2022): the yardstick of detection.",
            PatchCoreOptions.Table, (options, source, scope, statistics, features) => new PatchCoreDetector(options, source, scope, statistics, features))
            { DefaultBackbone = "resnet50", TrainsInEpochs = false },
        new("flow", "Normalizing flows over backbone features (FastFlow; Alber et al. 2024): small heads, certain decisions.",
            FlowOptions.Table, (options, source, scope, statistics, features) => new FlowDetector(options, source, scope, statistics, features))
            { DefaultBackbone = "deit-base", PaperLevels = ["layer2", "layer3", "layer4"] },
        new("gmm", "A mixture density network on backbone features (Alber et al. 2024): the likelihood of every patch under a mixture made from itself.",
            GmmOptions.Table, (options, source, scope, statistics, features) => new GmmDetector(options, source, scope, statistics, features))
            { DefaultBackbone = "deit-base", PaperLevels = ["layer3", "layer4"] },
        new("gmm-em", "A Gaussian mixture of whitened backbone features, fitted by expectation-maximisation: seconds to minutes, small models.",
            GmmEmOptions.Table, (options, source, scope, statistics, features) => new GmmEmDetector(options, source, scope, statistics, features))
            { DefaultBackbone = "resnet50", TrainsInEpochs = false },
    ];

    /// <summary>The detector with the given id.</summary>
    /// <exception cref="OptionException">There is none; the message lists those that exist.</exception>
    public static DetectorEntry Find(string id) =>
        Entries.FirstOrDefault(entry => entry.Id == id)
        ?? throw new OptionException(
            $"there is no detector '{id}'; detectors: {string.Join(", ", Entries.Select(entry => entry.Id))}{Suggestion.Text(id, Entries.Select(entry => entry.Id))}");
}
