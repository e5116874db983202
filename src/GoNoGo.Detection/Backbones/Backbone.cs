using GoNoGo.Learning.Graphs;
using GoNoGo.Learning.Graphs.Inference;
using GoNoGo.Learning.Layers;
using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Resizing;

namespace GoNoGo.Detection.Backbones;

/// <summary>
/// A frozen network that turns pictures into features: its description as a graph, the levels at which features are taken, how pictures
/// become its input, and the names of its weights. Holds no weights itself.
/// </summary>
public sealed class Backbone
{
    /// <summary>The level that every backbone has: its last features.</summary>
    public const string LastLevel = "last";

    /// <summary>The output of the classification head, where there is one: <c>[B, classes]</c>. No level; its weights are asked for only with it.</summary>
    public const string Logits = "logits";

    /// <summary>The mean of the last features over all positions, where the family has such an output: <c>[B, D]</c>. No level.</summary>
    public const string Pooled = "pooled";

    internal Backbone(string id, BackboneOptions options, int inputSize, Graph graph, IReadOnlyList<FeatureLevel> levels)
    {
        Id = id;
        Options = options;
        InputSize = inputSize;
        Graph = graph;
        Levels = levels;
    }

    /// <summary>The variant's id.</summary>
    public string Id { get; }

    /// <summary>What it was made with.</summary>
    public BackboneOptions Options { get; }

    /// <summary>Rows and columns of the input.</summary>
    public int InputSize { get; }

    /// <summary>The network; its outputs are the levels and <see cref="Logits"/>.</summary>
    public Graph Graph { get; }

    /// <summary>The levels, first to last.</summary>
    public IReadOnlyList<FeatureLevel> Levels { get; }

    /// <summary>Names in a weights file that the levels have no use for: heads, counters, index tables.</summary>
    public required Func<string, bool> IsIgnorable { get; init; }

    /// <summary>How the weights were trained to see a whole picture: mean, deviation, input size.</summary>
    public required Preprocessing Preprocessing { get; init; }

    /// <summary>The weights' own resize and crop, for classification checks.</summary>
    public required Preprocessing ClassificationPreprocessing { get; init; }

    /// <summary>The preprocessing that the options ask for; at unit scale while the ranges of <see cref="InputScaling.MinMax"/> are not found, which are measured on that.</summary>
    public Preprocessing InputPreprocessing
    {
        get
        {
            Preprocessing chosen = Options.UsesOwnFraming ? ClassificationPreprocessing : Preprocessing;
            chosen = Options.IsBicubic ? chosen with { Filter = ResizeFilter.Bicubic } : chosen;
            return Options switch
            {
                { Scaling: InputScaling.MinMax, Ranges.Count: > 0 } => chosen.WithMinMax(
                    [.. Options.Ranges.Select(range => range.Smallest)], [.. Options.Ranges.Select(range => range.Largest)]),
                { Scaling: InputScaling.ImageNet } => chosen,
                _ => chosen.WithUnit(),
            };
        }
    }

    /// <summary>The level of a name.</summary>
    /// <exception cref="BackboneException">There is none; the message lists them.</exception>
    public FeatureLevel Level(string name) =>
        Levels.FirstOrDefault(level => level.Name == name)
        ?? throw new BackboneException($"backbone '{Id}' has no level '{name}'; levels: {string.Join(", ", Levels.Select(level => level.Name))}");

    /// <summary>The tensors that a weights file must have for some outputs, with their shapes.</summary>
    public IReadOnlyList<GraphParameter> RequiredParameters(params IReadOnlyList<string> outputs) => Graph.RequiredParameters(outputs);

    /// <summary>Compiles the network for inference as far as some outputs need it.</summary>
    /// <param name="outputs">Levels, <see cref="Logits"/>, or module paths.</param>
    /// <param name="source">Where the weights come from.</param>
    public InferencePlan Compile(IReadOnlyList<string> outputs, WeightSource source) => InferencePlan.Compile(Graph, outputs, source);
}
