using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Graphs.Operators;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;

namespace GoNoGo.Learning.Graphs.Execution;

/// <summary>
/// Runs a graph on an autograd <see cref="Tape"/>, operator by operator as it is written: with gradients, and in training mode where
/// that is wanted. The plain consumer: every other one is measured against it.
/// </summary>
public sealed partial class TapeExecutor
{
    private readonly Graph _graph;
    private readonly Dictionary<string, Parameter> _parameters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Tensor> _buffers = new(StringComparer.Ordinal);
    private readonly string[] _draws;
    private readonly Dictionary<AttentionOp, int[]> _indices = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<AttentionOp, float[]> _masks = new(ReferenceEqualityComparer.Instance);

    /// <summary>Makes or reads what the outputs need.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="outputs">Names of outputs or labels.</param>
    /// <param name="source">Where parameters come from.</param>
    public TapeExecutor(Graph graph, IReadOnlyList<string> outputs, WeightSource source)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(source);
        Outputs = outputs;
        _graph = graph.Restrict(outputs);
        // The same module may drop paths several times: each node draws for itself, whatever else the graph computes.
        var times = new Dictionary<string, int>(StringComparer.Ordinal);
        _draws = [.. _graph.Nodes.Select(node => FormattableString.Invariant($"{node.Path}#{times[node.Path] = times.GetValueOrDefault(node.Path) + 1}"))];
        foreach (GraphParameter parameter in _graph.Parameters())
        {
            if (parameter.IsBuffer)
            {
                _buffers[parameter.Name] = source.GetBuffer(parameter.Name, parameter.Shape, parameter.Name.EndsWith("running_var", StringComparison.Ordinal) ? 1 : 0);
            }
            else
            {
                _parameters[parameter.Name] = source.Get(parameter.Name, parameter.Shape, parameter.Start);
            }
        }
    }

    /// <summary>The names of the results, in the order of <see cref="Run"/>.</summary>
    public IReadOnlyList<string> Outputs { get; }

    /// <summary>The parameters, in the order of their first use.</summary>
    public IReadOnlyCollection<Parameter> Parameters => _parameters.Values;

    /// <summary>Computes the outputs.</summary>
    /// <param name="images"><c>[B, C, H, W]</c>.</param>
    /// <param name="run">Mode and trace; default: inference.</param>
    /// <returns>One value for each output.</returns>
    /// <exception cref="ArgumentException">The images have another size.</exception>
    public Variable[] Run(Variable images, TapeRun? run = null)
    {
        run ??= new TapeRun();
        Shape expected = _graph.InputShape.For(images.Shape.Rank == 0 ? 1 : images.Shape[0]);
        if (images.Shape != expected)
        {
            throw new ArgumentException($"TapeExecutor: images {images.Shape}, expected {_graph.InputShape}.", nameof(images));
        }

        var values = new Variable[_graph.Nodes.Count];
        values[0] = images;
        for (int i = 1; i < values.Length; i++)
        {
            GraphNode node = _graph.Nodes[i];
            values[i] = Compute(node, i, values, images.Shape[0], run);
            run.Trace?.Invoke(node.Path, values[i]);
        }

        return [.. Outputs.Select(name => values[_graph.Outputs[name]])];
    }

    private Variable Use(Tape tape, GraphParameter? parameter) => parameter is null ? default : tape.Use(_parameters[parameter.Name]);

    private int[] Index(AttentionOp op)
    {
        if (!_indices.TryGetValue(op, out int[]? index))
        {
            _indices[op] = index = [.. op.Bias!.Index];
        }

        return index;
    }

    private float[] Mask(AttentionOp op)
    {
        if (!_masks.TryGetValue(op, out float[]? mask))
        {
            _masks[op] = mask = op.MaskGrid!.Mask();
        }

        return mask;
    }
}
