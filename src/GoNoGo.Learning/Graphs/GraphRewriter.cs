namespace GoNoGo.Learning.Graphs;

/// <summary>
/// Makes a graph from another one: nodes are replaced where a pass says so, and what no output needs any more is left out.
/// The numbers of nodes are those of the old graph until <see cref="Finish"/>.
/// </summary>
public sealed class GraphRewriter
{
    private readonly Graph _graph;
    private readonly Dictionary<string, int> _outputs;
    private readonly GraphNode[] _nodes;

    /// <summary>Starts with all nodes as they are.</summary>
    public GraphRewriter(Graph graph)
        : this(graph, (graph ?? throw new ArgumentNullException(nameof(graph))).Outputs.ToDictionary(StringComparer.Ordinal)) { }

    internal GraphRewriter(Graph graph, Dictionary<string, int> outputs)
    {
        _graph = graph;
        _outputs = outputs;
        _nodes = [.. graph.Nodes];
        Uses = new int[_nodes.Length];
        foreach (int input in _nodes.SelectMany(node => node.Inputs).Concat(outputs.Values))
        {
            Uses[input]++;
        }
    }

    /// <summary>The number of nodes of the old graph.</summary>
    public int Count => _nodes.Length;

    /// <summary>How often each node's result is read in the old graph, by nodes and as an output.</summary>
    public IReadOnlyList<int> UseCounts => Uses;

    private int[] Uses { get; }

    /// <summary>A node as it stands.</summary>
    public GraphNode this[int node] => _nodes[node];

    /// <summary>The only node that reads a result; -1 when there are several, none, or it is an output.</summary>
    public int OnlyUser(int node)
    {
        if (Uses[node] != 1)
        {
            return -1;
        }

        for (int user = node + 1; user < _nodes.Length; user++)
        {
            if (_nodes[user].Inputs.Contains(node))
            {
                return user;
            }
        }

        return -1;
    }

    /// <summary>Puts another node, with inputs before it, in a node's place.</summary>
    public void Replace(int node, GraphNode replacement) => _nodes[node] = replacement;

    /// <summary>Makes all users of a node read an earlier one instead.</summary>
    public void Redirect(int node, int target)
    {
        for (int user = node + 1; user < _nodes.Length; user++)
        {
            if (_nodes[user].Inputs.Contains(node))
            {
                _nodes[user] = _nodes[user] with { Inputs = [.. _nodes[user].Inputs.Select(input => input == node ? target : input)] };
            }
        }

        foreach (string name in _outputs.Where(output => output.Value == node).Select(output => output.Key).ToArray())
        {
            _outputs[name] = target;
        }

        Uses[target] += Uses[node];
        Uses[node] = 0;
    }

    /// <summary>The new graph: what the outputs need, numbered anew. Labels of nodes that are gone are gone.</summary>
    public Graph Finish()
    {
        var needed = new bool[_nodes.Length];
        needed[0] = true;
        foreach (int output in _outputs.Values)
        {
            needed[output] = true;
        }

        for (int node = _nodes.Length - 1; node >= 0; node--)
        {
            foreach (int input in needed[node] ? _nodes[node].Inputs : [])
            {
                needed[input] = true;
            }
        }

        var number = new int[_nodes.Length];
        var nodes = new List<GraphNode>();
        for (int node = 0; node < _nodes.Length; node++)
        {
            if (needed[node])
            {
                number[node] = nodes.Count;
                nodes.Add(_nodes[node] with { Inputs = [.. _nodes[node].Inputs.Select(input => number[input])] });
            }
        }

        return new Graph(
            nodes,
            _outputs.ToDictionary(output => output.Key, output => number[output.Value], StringComparer.Ordinal),
            _graph.Labels.Where(label => needed[label.Value]).ToDictionary(label => label.Key, label => number[label.Value], StringComparer.Ordinal));
    }
}
