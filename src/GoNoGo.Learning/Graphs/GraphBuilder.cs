using GoNoGo.Learning.Graphs.Operators;
using GoNoGo.Tensors;

namespace GoNoGo.Learning.Graphs;

/// <summary>
/// Writes a graph down, top to bottom as a forward pass reads. Shapes are inferred and checked as each node is added. Path-scoped like
/// <see cref="Layers.WeightSource"/>: <c>builder.Child("attn").Linear("qkv", x, 3 * d)</c> is the module <c>attn.qkv</c> with parameters
/// <c>attn.qkv.weight</c> and <c>attn.qkv.bias</c>.
/// </summary>
public sealed partial class GraphBuilder
{
    private readonly Root _root;
    private readonly string _path;

    private GraphBuilder(Root root, string path)
    {
        _root = root;
        _path = path;
    }

    /// <summary>A builder with an input of a given shape per image, for example <c>[3, 224, 224]</c>.</summary>
    public static GraphBuilder Create(Shape item, out GraphValue input)
    {
        var builder = new GraphBuilder(new Root(), "");
        input = builder.Add("@input", new InputOp(item));
        return builder;
    }

    /// <summary>The builder of a part of the network: paths get <paramref name="name"/> and a dot in front.</summary>
    public GraphBuilder Child(string name) => new(_root, _path + name + ".");

    /// <summary>The full path of something inside this part.</summary>
    public string Path(string name) => _path + name;

    /// <summary>Adds a node; its result is found under the node's path.</summary>
    /// <param name="name">The name inside this part; the first node of a full path keeps it as its label.</param>
    /// <param name="op">What it computes.</param>
    /// <param name="inputs">Results of earlier nodes.</param>
    /// <exception cref="ArgumentException">The inputs' shapes do not fit; the message has the path.</exception>
    public GraphValue Add(string name, Operator op, params ReadOnlySpan<GraphValue> inputs)
    {
        ArgumentNullException.ThrowIfNull(op);
        var shapes = new GraphShape[inputs.Length];
        var indices = new int[inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            (indices[i], shapes[i]) = inputs[i];
        }

        GraphShape shape;
        try
        {
            shape = op.Infer(shapes);
        }
        catch (ArgumentException exception)
        {
            throw new ArgumentException($"{Path(name)}: {exception.Message}", exception);
        }

        _root.Nodes.Add(new GraphNode(Path(name), op, indices, shape));
        _root.Labels.TryAdd(Path(name), _root.Nodes.Count - 1);
        return new GraphValue(_root.Nodes.Count - 1, shape);
    }

    /// <summary>Says that a value is also the result of the module <paramref name="name"/> (a block is its last sum); the first to say so wins.</summary>
    public GraphValue Label(string name, GraphValue value)
    {
        _root.Labels.TryAdd(Path(name), value.Id);
        return value;
    }

    /// <summary>Makes a value an output of the graph (a feature level, a head).</summary>
    /// <param name="name">The output's name, not prefixed by the path.</param>
    /// <param name="value">The value.</param>
    public void Output(string name, GraphValue value) => _root.Outputs.Add(name, value.Id);

    /// <summary>The graph.</summary>
    public Graph Build() => new([.. _root.Nodes], new(_root.Outputs, StringComparer.Ordinal), new(_root.Labels, StringComparer.Ordinal));

    private sealed class Root
    {
        public List<GraphNode> Nodes { get; } = [];

        public Dictionary<string, int> Outputs { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, int> Labels { get; } = new(StringComparer.Ordinal);
    }
}
