using GoNoGo.Tensors;

namespace GoNoGo.Learning.Graphs;

/// <summary>
/// A network described once and run by several consumers: a list of nodes in an order in which they can be computed, node 0 being the
/// input. Results are found by name: the outputs (feature levels), then the labels (the reference's module paths). Immutable.
/// </summary>
public sealed class Graph
{
    private readonly Dictionary<string, int> _outputs;
    private readonly Dictionary<string, int> _labels;

    internal Graph(IReadOnlyList<GraphNode> nodes, Dictionary<string, int> outputs, Dictionary<string, int> labels)
    {
        Nodes = nodes;
        _outputs = outputs;
        _labels = labels;
    }

    /// <summary>The nodes; inputs before users.</summary>
    public IReadOnlyList<GraphNode> Nodes { get; }

    /// <summary>The shape of the input.</summary>
    public GraphShape InputShape => Nodes[0].Shape;

    /// <summary>The named results: levels and heads, with their nodes.</summary>
    public IReadOnlyDictionary<string, int> Outputs => _outputs;

    /// <summary>Module paths of the reference, with the nodes that compute these modules' results.</summary>
    public IReadOnlyDictionary<string, int> Labels => _labels;

    /// <summary>The node of an output or label.</summary>
    /// <exception cref="ArgumentException">There is none of this name; the message lists the outputs.</exception>
    public int Find(string name) =>
        _outputs.TryGetValue(name, out int node) || _labels.TryGetValue(name, out node)
            ? node
            : throw new ArgumentException($"Graph: there is no output '{name}'; outputs: {string.Join(", ", _outputs.Keys)}.", nameof(name));

    /// <summary>The part of the graph that the given outputs or labels need, with those as its outputs.</summary>
    public Graph Restrict(params IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        var outputs = names.Distinct().ToDictionary(name => name, Find, StringComparer.Ordinal);
        return new GraphRewriter(this, outputs).Finish();
    }

    /// <summary>The same graph with an operator behind one of its outputs, whose name the operator's result takes.</summary>
    /// <param name="output">The output.</param>
    /// <param name="last">Computed from it.</param>
    /// <exception cref="ArgumentException">There is no such output, or its shape does not suit the operator.</exception>
    public Graph Append(string output, Operator last)
    {
        ArgumentNullException.ThrowIfNull(last);
        int node = Find(output);
        var added = new GraphNode(output, last, [node], last.Infer([Nodes[node].Shape]));
        return new Graph([.. Nodes, added], new Dictionary<string, int>(_outputs, StringComparer.Ordinal) { [output] = Nodes.Count }, _labels);
    }

    /// <summary>The parameters in the order of their first use, each name once.</summary>
    /// <exception cref="ArgumentException">One name stands for two shapes.</exception>
    public IReadOnlyList<GraphParameter> Parameters()
    {
        var seen = new Dictionary<string, Shape>(StringComparer.Ordinal);
        var parameters = new List<GraphParameter>();
        foreach (GraphParameter parameter in Nodes.SelectMany(node => node.Operator.Parameters))
        {
            if (seen.TryAdd(parameter.Name, parameter.Shape))
            {
                parameters.Add(parameter);
            }
            else if (seen[parameter.Name] != parameter.Shape)
            {
                throw new ArgumentException($"Graph: parameter '{parameter.Name}' is used with shapes {seen[parameter.Name]} and {parameter.Shape}.");
            }
        }

        return parameters;
    }

    /// <summary>The parameters that the given outputs need: the keys that a weights file must have for them.</summary>
    public IReadOnlyList<GraphParameter> RequiredParameters(params IReadOnlyList<string> names) => Restrict(names).Parameters();
}
