using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Features;
using GoNoGo.Detection.Options;
using GoNoGo.Weights;

namespace GoNoGo.Features;

/// <summary>Which backbone, with which weights and options, and which of its levels.</summary>
/// <param name="Id">The backbone, for example <c>deit-base</c>; <see cref="BackboneCatalog"/> lists them.</param>
public sealed record BackboneChoice(string Id)
{
    /// <summary>The weights file (safetensors or a PyTorch checkpoint); null: what the weights store has.</summary>
    public string? Weights { get; init; }

    /// <summary>The levels, for example <c>block7</c>.</summary>
    public IReadOnlyList<string> Levels { get; init; } = [Backbone.LastLevel];

    /// <summary>The option values to start from: <c>default</c>, <c>paper-code</c> or <c>paper-text</c>.</summary>
    public string Preset { get; init; } = "default";

    /// <summary>Options as <c>option=value</c>, for example <c>input-size=384</c>.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>The options, every one with its value.</summary>
    /// <exception cref="BackboneException">An unknown backbone.</exception>
    /// <exception cref="OptionException">An unknown option or a value that is not allowed.</exception>
    internal OptionSet Options() => BackboneOptionTable.Of(BackboneCatalog.Find(Id).Family).Create(Preset, Settings);

    /// <summary>The network.</summary>
    /// <exception cref="BackboneException">An unknown backbone or level, or an input size that it does not take.</exception>
    /// <exception cref="OptionException">An unknown option or a value that is not allowed.</exception>
    internal Backbone Network()
    {
        BackboneOptions options = BackboneOptionTable.Read(Options());
        options.RequireRanges();
        Backbone backbone = BackboneCatalog.Create(Id, options);
        foreach (string level in Levels)
        {
            _ = backbone.Level(level);
        }

        return backbone;
    }

    /// <summary>The weights file.</summary>
    /// <exception cref="WeightsException">It is not there; the message says how to get it.</exception>
    internal string WeightsFile(Backbone network) => Weights ?? WeightStore.Default.Require(Id, network.Options.Branch);

    /// <summary>The network with its weights.</summary>
    internal FeatureExtractor Open()
    {
        Backbone network = Network();
        return FeatureExtractor.Open(network, Levels, WeightsFile(network));
    }
}
