using GoNoGo.Learning.Graphs.Operators;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Formats;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Learning.Graphs.Onnx;

/// <summary>
/// Writes a graph as an ONNX file (opset 17, the number of images open) that other runtimes read: the third consumer of a graph beside
/// tape and plan. Operators become those of the standard alone; names are the reference's module paths; what has the wrong layout for
/// ONNX (weights of linear maps, attention biases) is stored as it is needed. Batch norms stay as they are: runtimes fold them.
/// </summary>
public sealed partial class OnnxExporter
{
    private readonly Graph _graph;
    private readonly WeightSource _source;
    private readonly OnnxModel _model;
    private readonly string _prefix;
    private readonly string[] _values;

    private OnnxExporter(Graph graph, WeightSource source, OnnxModel model, string prefix)
    {
        _graph = graph;
        _source = source;
        _model = model;
        _prefix = prefix;
        _values = new string[graph.Nodes.Count];
    }

    /// <summary>The name of the input, <c>[batch, C, H, W]</c>, preprocessed pictures.</summary>
    public const string InputName = "input";

    /// <summary>Writes the part of a graph that some outputs need.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="outputs">Names of outputs or labels; they are the names in the file.</param>
    /// <param name="source">Where the weights come from; each is read once, while it is written.</param>
    /// <param name="metadata">Text to store in the file, by key.</param>
    /// <param name="stream">Receives the file.</param>
    /// <param name="external">Receives large tensors where they do not fit or are not wanted in the file itself.</param>
    /// <exception cref="TensorFileException">A weight is missing, or the file would have more than 2 GB.</exception>
    public static void Write(
        Graph graph, IReadOnlyList<string> outputs, WeightSource source, IReadOnlyDictionary<string, string> metadata, Stream stream, OnnxExternalData? external = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(metadata);
        ArgumentNullException.ThrowIfNull(stream);
        var model = new OnnxModel();
        foreach ((string key, string value) in metadata)
        {
            model.Metadata[key] = value;
        }

        Graph part = graph.Restrict(outputs);
        model.Input(InputName, part.InputShape);
        var exporter = new OnnxExporter(part, source, model, "");
        exporter.Build(InputName);
        foreach (string output in outputs.Distinct())
        {
            int number = part.Find(output);
            model.Node("Identity", output, [exporter._values[number]]);
            model.Output(output, part.Nodes[number].Shape);
        }

        model.Save(stream, external);
    }

    /// <summary>Adds the part of a graph that some outputs need to a model that is being put together.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="outputs">Names of outputs or labels.</param>
    /// <param name="source">Where the weights come from.</param>
    /// <param name="model">Receives the nodes.</param>
    /// <param name="input">The result in the model that the graph's input is.</param>
    /// <param name="prefix">What stands before the names of the nodes.</param>
    /// <returns>The names of the outputs' results.</returns>
    internal static IReadOnlyList<string> Append(Graph graph, IReadOnlyList<string> outputs, WeightSource source, OnnxModel model, string input, string prefix)
    {
        Graph part = graph.Restrict(outputs);
        var exporter = new OnnxExporter(part, source, model, prefix);
        exporter.Build(input);
        return [.. outputs.Select(output => exporter._values[part.Find(output)])];
    }

    private void Build(string input)
    {
        _values[0] = input;
        for (int number = 1; number < _graph.Nodes.Count; number++)
        {
            GraphNode node = _graph.Nodes[number];
            // A path can occur twice (one norm used at several places); results are numbered apart.
            string name = FormattableString.Invariant($"{_prefix}{node.Path}#{number}");
            string[] inputs = [.. node.Inputs.Select(index => _values[index])];
            _values[number] = Export(node, name, inputs, _graph.Nodes[node.Inputs[0]].Shape);
        }
    }

    private string Export(GraphNode node, string name, string[] inputs, GraphShape x)
    {
        switch (node.Operator)
        {
            case Conv2dOp op:
                return Convolution(op, name, inputs[0]);
            case BatchNorm2dOp op:
                return _model.Node(
                    "BatchNormalization", name, [inputs[0], Weight(op.Weight), Weight(op.Bias), Weight(op.Mean), Weight(op.Variance)], ("epsilon", op.Epsilon));
            case LayerNormOp op:
                return _model.Node(
                    "LayerNormalization", name, [inputs[0], Weight(op.Weight), Weight(op.Bias)], ("axis", -op.Weight.Shape.Rank), ("epsilon", op.Epsilon));
            case LinearOp op:
                return Linear(op, name, inputs[0]);
            case ActivationOp op:
                return Activation(op, name, inputs[0]);
            case AddOp:
                return _model.Node("Add", name, inputs);
            case SubtractOp:
                return _model.Node("Sub", name, inputs);
            case ScaleOp op:
                return _model.Node("Mul", name, [inputs[0], _model.Number(name + ".factor", op.Factor)]);
            case ScaleChannelsOp op:
                return _model.Node("Mul", name, [inputs[0], PerChannel(op.Factors, x)]);
            case AvgPool2dOp op:
                return _model.Node("AveragePool", name, inputs, [.. Window(op.Window), ("count_include_pad", op.CountIncludePad ? 1 : 0)]);
            case MaxPool2dOp op:
                return _model.Node("MaxPool", name, inputs, [.. Window(op.Window)]);
            case MeanOverPositionsOp:
                return _model.Node("ReduceMean", name, inputs, ("axes", x.Item.Rank == 3 ? [2, 3] : (int[])[1]), ("keepdims", 0));
            case DropPathOp:
                return inputs[0];
            default:
                return ExportTokens(node, name, inputs[0], x);
        }
    }

    private string Convolution(Conv2dOp op, string name, string input)
    {
        string[] inputs = op.Bias is null ? [input, Weight(op.Weight)] : [input, Weight(op.Weight), Weight(op.Bias)];
        return _model.Node(
            "Conv", name, inputs,
            ("kernel_shape", (int[])[op.Weight.Shape[2], op.Weight.Shape[3]]),
            ("strides", (int[])[op.Window.StrideHeight, op.Window.StrideWidth]),
            ("pads", (int[])[op.Window.PaddingTop, op.Window.PaddingLeft, op.Window.PaddingBottom, op.Window.PaddingRight]),
            ("dilations", (int[])[op.Window.DilationHeight, op.Window.DilationWidth]),
            ("group", op.Window.Groups));
    }

    /// <summary>A product with the transposed weight: ONNX has no row times column of higher rank.</summary>
    private string Linear(LinearOp op, string name, string input)
    {
        GraphParameter weight = op.Weight;
        string transposed = _model.Transposed(weight.Name + ".transposed", weight.Shape, scope => Read(weight, scope));
        if (op.Bias is null)
        {
            return _model.Node("MatMul", name, [input, transposed]);
        }

        return _model.Node("Add", name, [_model.Node("MatMul", name + ".product", [input, transposed]), Weight(op.Bias)]);
    }

    /// <summary>The exact GELU as its definition: opset 17 has no such operator; runtimes know this pattern and fuse it.</summary>
    private string Activation(ActivationOp op, string name, string input)
    {
        if (op.Function == Tensors.Kernels.MatrixActivation.Relu)
        {
            return _model.Node("Relu", name, [input]);
        }

        string quotient = _model.Node("Div", name + ".quotient", [input, _model.Number("sqrt2", MathF.Sqrt(2))]);
        string erf = _model.Node("Erf", name + ".erf", [quotient]);
        string sum = _model.Node("Add", name + ".sum", [erf, _model.Number("one", 1)]);
        string product = _model.Node("Mul", name + ".product", [input, sum]);
        return _model.Node("Mul", name, [product, _model.Number("half", 0.5f)]);
    }

    private static OnnxAttribute[] Window(Tensors.Kernels.Pooling.PoolWindow window) =>
    [
        ("kernel_shape", (int[])[window.KernelHeight, window.KernelWidth]),
        ("strides", (int[])[window.StrideHeight, window.StrideWidth]),
        ("pads", (int[])[window.PaddingHeight, window.PaddingWidth, window.PaddingHeight, window.PaddingWidth]),
    ];

    private string PerChannel(GraphParameter factors, GraphShape x)
    {
        if (x.Item.Rank != 3)
        {
            return Weight(factors);
        }

        var shape = new Shape(factors.Shape[0], 1, 1);
        return _model.Weight(factors.Name, shape, scope => Read(factors, scope).Reshape(shape));
    }

    private string Weight(GraphParameter parameter) => _model.Weight(parameter.Name, parameter.Shape, scope => Read(parameter, scope));

    private Tensor Read(GraphParameter parameter, TensorScope scope) => _source.Read(parameter.Name, parameter.Shape, parameter.Start, scope);
}
