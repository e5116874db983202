using GoNoGo.Detection.Backbones.Weights;
using GoNoGo.Learning.Checkpoints;
using GoNoGo.Learning.Graphs;
using GoNoGo.Learning.Graphs.Onnx;
using GoNoGo.Learning.Graphs.Operators;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors.Formats;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Detection.Backbones.Onnx;

/// <summary>Writes a backbone with its weights as an ONNX file: preprocessed pictures in, feature maps out.</summary>
public static class BackboneOnnx
{
    /// <summary>Writes the file: input <c>[batch, 3, H, W]</c>, for each level an output <c>[batch, D, h, w]</c> of its name.</summary>
    /// <param name="backbone">The network, in evaluation mode.</param>
    /// <param name="levels">Names of its levels.</param>
    /// <param name="weightsFile">Its weights; read one tensor at a time.</param>
    /// <param name="metadata">Text to store in the file, by key.</param>
    /// <param name="stream">Receives the file.</param>
    /// <param name="external">Receives large tensors where they do not fit or are not wanted in the file itself.</param>
    /// <exception cref="BackboneException">A level does not exist, training mode was asked for, or the weights do not fit.</exception>
    public static void Write(
        Backbone backbone, IReadOnlyList<string> levels, string weightsFile, IReadOnlyDictionary<string, string> metadata, Stream stream, OnnxExternalData? external = null)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        ArgumentNullException.ThrowIfNull(levels);
        if (backbone.Options.IsTraining)
        {
            throw new BackboneException("an ONNX file computes in evaluation mode; export with backbone-mode=eval");
        }

        Graph graph = WithMaps(backbone, levels);
        try
        {
            using CheckpointFile file = CheckpointFile.Open(weightsFile, new CheckpointOptions { Branch = backbone.Options.Branch });
            WeightCheck.Require(file, WeightManifests.Of(backbone, backbone.Id), levels, WeightManifests.All);
            using var scope = new TensorScope();
            OnnxExporter.Write(graph, levels, WeightSource.FromReader(scope, file.Read), metadata, stream, external);
        }
        catch (TensorFileException exception)
        {
            throw new BackboneException(exception.Message.TrimEnd('.'), exception);
        }
    }

    /// <summary>A backbone's graph with maps <c>[B, D, h, w]</c> at some levels that have tokens.</summary>
    internal static Graph WithMaps(Backbone backbone, IReadOnlyList<string> levels)
    {
        Graph graph = backbone.Graph;
        foreach (FeatureLevel level in levels.Select(backbone.Level).Where(level => level.Layout == FeatureLayout.Tokens))
        {
            graph = graph.Append(level.Name, new TokensToMapOp(level.Rows, level.Columns));
        }

        return graph;
    }
}
