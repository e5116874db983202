using GoNoGo.Tensors.Formats;

namespace GoNoGo.Learning.Graphs.Onnx.Evaluation;

/// <summary>
/// Reads an exported ONNX file back and computes it node by node with plain code in double precision that shares nothing with the exporter's
/// graph or the engine's kernels: the check of an export where no other runtime is at hand. Knows the operators that <see cref="OnnxExporter"/> and <see cref="OnnxBuilder"/> write,
/// by their definitions in the ONNX standard (opset 17).
/// </summary>
public sealed class OnnxEvaluator : IDisposable
{
    private static readonly Dictionary<string, Func<OnnxNode, OnnxValue[], OnnxValue[]>> Operators = new(StringComparer.Ordinal)
    {
        ["Add"] = (_, x) => [OnnxElementwise.Binary(x[0], x[1], (a, b) => a + b)],
        ["Sub"] = (_, x) => [OnnxElementwise.Binary(x[0], x[1], (a, b) => a - b)],
        ["Mul"] = (_, x) => [OnnxElementwise.Binary(x[0], x[1], (a, b) => a * b)],
        ["Div"] = (_, x) => [OnnxElementwise.Binary(x[0], x[1], (a, b) => a / b)],
        ["Min"] = (_, x) => [OnnxElementwise.Binary(x[0], x[1], Math.Min)],
        ["Max"] = (_, x) => [OnnxElementwise.Binary(x[0], x[1], Math.Max)],
        ["Abs"] = (_, x) => [OnnxElementwise.Unary(x[0], Math.Abs)],
        ["Sqrt"] = (_, x) => [OnnxElementwise.Unary(x[0], Math.Sqrt)],
        ["Exp"] = (_, x) => [OnnxElementwise.Unary(x[0], Math.Exp)],
        ["Log"] = (_, x) => [OnnxElementwise.Unary(x[0], Math.Log)],
        ["Elu"] = (_, x) => [OnnxElementwise.Unary(x[0], value => value < 0 ? Math.Exp(value) - 1 : value)],
        ["Sigmoid"] = (_, x) => [OnnxElementwise.Unary(x[0], value => 1 / (1 + Math.Exp(-value)))],
        ["Tanh"] = (_, x) => [OnnxElementwise.Unary(x[0], Math.Tanh)],
        ["Atan"] = (_, x) => [OnnxElementwise.Unary(x[0], Math.Atan)],
        ["Erf"] = (_, x) => [OnnxElementwise.Unary(x[0], OnnxErf.Of)],
        ["Relu"] = (_, x) => [OnnxElementwise.Unary(x[0], value => value < 0 ? 0 : value)],
        ["Identity"] = (_, x) => [x[0]],
        ["MatMul"] = (_, x) => [OnnxLinear.MatMul(x[0], x[1])],
        ["ConvTranspose"] = (node, x) => [OnnxTransposedConvolution.Run(node, x)],
        ["Conv"] = (node, x) => [OnnxLinear.Conv(node, x)],
        ["BatchNormalization"] = (node, x) => [OnnxNorms.Batch(node, x)],
        ["LayerNormalization"] = (node, x) => [OnnxNorms.Layer(node, x)],
        ["Softmax"] = (node, x) => [OnnxNorms.Softmax(node, x[0])],
        ["LogSoftmax"] = (node, x) => [OnnxNorms.Softmax(node, x[0], logarithm: true)],
        ["ReduceMean"] = (node, x) => [OnnxReductions.Run(node, x[0], values => OnnxReductions.Sum(values) / values.Length)],
        ["ReduceMax"] = (node, x) => [OnnxReductions.Run(node, x[0], OnnxReductions.Largest)],
        ["ReduceMin"] = (node, x) => [OnnxReductions.Run(node, x[0], OnnxReductions.Smallest)],
        ["ReduceSum"] = (node, x) => [OnnxReductions.Sum(node, x[0], x[1])],
        ["ArgMax"] = (node, x) => [OnnxReductions.Place(node, x[0], 1)],
        ["ArgMin"] = (node, x) => [OnnxReductions.Place(node, x[0], -1)],
        ["TopK"] = (node, x) => OnnxReductions.Top(node, x[0], x[1]),
        ["AveragePool"] = (node, x) => [OnnxPools.Average(node, x[0])],
        ["MaxPool"] = (node, x) => [OnnxPools.Max(node, x[0])],
        ["Reshape"] = (_, x) => [OnnxLayout.Reshape(x[0], x[1])],
        ["Transpose"] = (node, x) => [OnnxLayout.Transpose(x[0], node.Integers("perm"))],
        ["Gather"] = (node, x) => [OnnxLayout.Gather(x[0], x[1], node.Integer("axis", 0))],
        ["GatherND"] = (node, x) => [OnnxLayout.GatherOfEach(node, x[0], x[1])],
        ["Split"] = (node, x) => OnnxLayout.Split(x[0], x[1], node.Integer("axis", 0)),
        ["Slice"] = (_, x) => [OnnxLayout.Slice(x)],
        ["Squeeze"] = (_, x) => [OnnxLayout.Squeeze(x[0], x[1])],
        ["Concat"] = (node, x) => [OnnxLayout.Concat(x, node.Integer("axis", 0))],
        ["Expand"] = (_, x) => [OnnxLayout.Expand(x[0], x[1])],
        ["Shape"] = (_, x) => [new OnnxValue([x[0].Shape.Length], Array.ConvertAll(x[0].Shape, dimension => (long)dimension))],
        ["Pad"] = (_, x) => [OnnxLayout.Pad(x[0], x[1])],
    };

    private readonly OnnxFile _file;

    private OnnxEvaluator(OnnxFile file) => _file = file;

    /// <summary>The text stored in the file, by key.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _file.Metadata;

    /// <summary>The names of the outputs.</summary>
    public IReadOnlyList<string> Outputs => _file.Outputs;

    /// <summary>Opens a file.</summary>
    /// <exception cref="TensorFileException">It cannot be read, is no ONNX file, or has operators that the exporter does not write.</exception>
    public static OnnxEvaluator Open(string path) => Open(path, OnnxFile.Open(path));

    /// <summary>Opens a file whose large tensors lie in a second one that has not got its name yet.</summary>
    /// <param name="path">The file.</param>
    /// <param name="location">The second file's name as the model tells it.</param>
    /// <param name="data">Where the second file is.</param>
    /// <exception cref="TensorFileException">One of the files cannot be read, is no ONNX file, or has operators that the exporter does not write.</exception>
    public static OnnxEvaluator Open(string path, string location, string data) => Open(path, OnnxFile.Open(path, (location, data)));

    /// <summary>Computes the outputs in double precision, rounded once at the end; slow.</summary>
    /// <param name="input">The values of the input.</param>
    /// <param name="shape">Its shape.</param>
    /// <returns>The values of each of <see cref="Outputs"/>, row-major.</returns>
    /// <exception cref="TensorFileException">Nodes and tensors do not fit together.</exception>
    public float[][] Run(float[] input, params int[] shape)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(shape);
        Dictionary<string, int> lastUse = LastUses();
        var values = new Dictionary<string, OnnxValue>(StringComparer.Ordinal) { [_file.Inputs[0]] = new OnnxValue(shape, Array.ConvertAll(input, value => (double)value)) };
        for (int number = 0; number < _file.Nodes.Count; number++)
        {
            OnnxNode node = _file.Nodes[number];
            OnnxValue[] inputs = [.. node.Inputs.Select(name => Find(name, node, values))];
            OnnxValue[] results = Compute(node, inputs);
            for (int i = 0; i < node.Outputs.Count; i++)
            {
                values[node.Outputs[i]] = results[i];
            }

            // What is not needed any more goes: a large network has gigabytes of results.
            foreach (string name in node.Inputs.Where(name => lastUse[name] == number))
            {
                values.Remove(name);
            }
        }

        return [.. _file.Outputs.Select(name => values.TryGetValue(name, out OnnxValue? value) ? Array.ConvertAll(value.Numbers, number => (float)number) : throw new TensorFileException($"no node computes the output '{name}'."))];
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();

    private static OnnxEvaluator Open(string path, OnnxFile file)
    {
        string? unknown = file.Nodes.Select(node => node.Type).FirstOrDefault(type => !Operators.ContainsKey(type));
        if (unknown is not null || file.Inputs.Count != 1)
        {
            file.Dispose();
            throw new TensorFileException(unknown is not null
                ? $"'{path}': operator '{unknown}' is none that is evaluated here."
                : $"'{path}' is no ONNX file with one input, or damaged.");
        }

        return new OnnxEvaluator(file);
    }

    private static OnnxValue[] Compute(OnnxNode node, OnnxValue[] inputs)
    {
        try
        {
            return Operators[node.Type](node, inputs);
        }
        catch (Exception exception) when (exception is IndexOutOfRangeException or ArgumentException or OverflowException or KeyNotFoundException or InvalidOperationException)
        {
            throw new TensorFileException(
                $"node '{node.Outputs.FirstOrDefault()}' ({node.Type}) does not fit its inputs {string.Join(", ", inputs.Select(input => $"[{string.Join(", ", input.Shape)}]"))}: {exception.Message}", exception);
        }
    }

    private OnnxValue Find(string name, OnnxNode node, Dictionary<string, OnnxValue> values)
    {
        if (values.TryGetValue(name, out OnnxValue? value))
        {
            return value;
        }

        return _file.Contains(name) ? _file.Read(name) : throw new TensorFileException($"node '{node.Outputs.FirstOrDefault()}' ({node.Type}) reads '{name}', which is nowhere.");
    }

    private Dictionary<string, int> LastUses()
    {
        var lastUse = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int number = 0; number < _file.Nodes.Count; number++)
        {
            foreach (string name in _file.Nodes[number].Inputs)
            {
                lastUse[name] = number;
            }
        }

        foreach (string name in _file.Outputs)
        {
            lastUse[name] = int.MaxValue;
        }

        return lastUse;
    }
}
