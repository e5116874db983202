using GoNoGo.Detection.Backbones;
using GoNoGo.Learning.Checkpoints;
using GoNoGo.Learning.Graphs;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Detection.Models;

/// <summary>The weights of a backbone that a model takes along: those that its levels need, no heads.</summary>
public static class BackboneBundle
{
    /// <summary>Bytes that they take.</summary>
    /// <param name="backbone">The network.</param>
    /// <param name="levels">The levels that are used.</param>
    public static long Bytes(Backbone backbone, IReadOnlyList<string> levels)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        return backbone.RequiredParameters(levels).Sum(parameter => parameter.Shape.ElementCount) * sizeof(float);
    }

    /// <summary>Reads them from the file that training took them from.</summary>
    /// <param name="backbone">The network.</param>
    /// <param name="levels">The levels that are used.</param>
    /// <param name="weightsFile">The file.</param>
    /// <param name="scope">Owns the tensors.</param>
    /// <exception cref="Tensors.Formats.TensorFileException">The file changed meanwhile.</exception>
    public static IReadOnlyList<KeyValuePair<string, Tensor>> Read(Backbone backbone, IReadOnlyList<string> levels, string weightsFile, TensorScope scope)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        ArgumentNullException.ThrowIfNull(scope);
        using CheckpointFile file = CheckpointFile.Open(weightsFile, new CheckpointOptions { Branch = backbone.Options.Branch });
        var tensors = new List<KeyValuePair<string, Tensor>>();
        foreach (GraphParameter parameter in backbone.RequiredParameters(levels))
        {
            Tensor tensor = scope.New(parameter.Shape);
            file.Read(parameter.Name, tensor);
            tensors.Add(new(parameter.Name, tensor));
        }

        return tensors;
    }
}
