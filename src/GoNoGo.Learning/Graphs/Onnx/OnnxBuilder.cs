using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Formats;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Learning.Graphs.Onnx;

/// <summary>
/// Puts an ONNX file (opset 17) together top to bottom, as a computation reads: whole graphs by <see cref="Network"/>, and what stands behind
/// them - scores, densities, distances - in the standard's own operators. The first dimension is the number of pictures and stays open.
/// </summary>
public sealed partial class OnnxBuilder
{
    private readonly OnnxModel _model = new();
    private int _count;

    /// <summary>Text for readers of the file, by key.</summary>
    public IDictionary<string, string> Metadata => _model.Metadata;

    /// <summary>Declares the input.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="item">Its shape without the number of pictures, for example <c>[C, H, W]</c>.</param>
    public OnnxResult Input(string name, Shape item)
    {
        _model.Input(name, new GraphShape(item));
        return new OnnxResult(name);
    }

    /// <summary>Makes a result an output.</summary>
    /// <param name="name">The output's name.</param>
    /// <param name="value">The result.</param>
    /// <param name="item">Its shape without the number of pictures; rank 0 where it has no other dimension.</param>
    public void Output(string name, OnnxResult value, Shape item)
    {
        _model.Node("Identity", name, [value.Name]);
        _model.Output(name, new GraphShape(item));
    }

    /// <summary>Adds the part of a graph that some outputs need.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="outputs">Names of outputs or labels.</param>
    /// <param name="source">Where the weights come from; each is read once, while the file is written.</param>
    /// <param name="input">What the graph's input is.</param>
    /// <param name="prefix">What stands before the names of the nodes; two graphs in a file need two.</param>
    /// <returns>The outputs' results.</returns>
    public IReadOnlyList<OnnxResult> Network(Graph graph, IReadOnlyList<string> outputs, WeightSource source, OnnxResult input, string prefix)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(source);
        return [.. OnnxExporter.Append(graph, outputs, source, _model, input.Name, prefix).Select(name => new OnnxResult(name))];
    }

    /// <summary>A tensor that is stored in the file; the same name is stored once.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its values; read when the file is written, so it must live until then.</param>
    public OnnxResult Constant(string name, Tensor value) => Constant(name, value.Shape, _ => value);

    /// <summary>A tensor that is made when the file is written.</summary>
    /// <param name="name">Its name; the same name is stored once.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="read">Makes it; what it takes from the scope is given back right after.</param>
    public OnnxResult Constant(string name, Shape shape, Func<TensorScope, Tensor> read) => new(_model.Weight(name, shape, read));

    /// <summary>The transpose <c>[I, O]</c> of a matrix, as the right side of a product; it is made in parts when the file is written.</summary>
    /// <param name="name">Its name; the same name is stored once.</param>
    /// <param name="matrix">The matrix <c>[O, I]</c>; read when the file is written, so it must live until then.</param>
    public OnnxResult Transposed(string name, Tensor matrix) => new(_model.Transposed(name, matrix.Shape, _ => matrix));

    /// <summary>A number.</summary>
    public OnnxResult Number(float value) => new(_model.Number(FormattableString.Invariant($"number {value:R}"), value));

    /// <summary>Writes the file.</summary>
    /// <param name="stream">Receives it.</param>
    /// <param name="external">Receives large tensors where they do not fit or are not wanted in the file itself.</param>
    /// <exception cref="TensorFileException">It would have more than 2 GB.</exception>
    public void Save(Stream stream, OnnxExternalData? external = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _model.Save(stream, external);
    }

    private OnnxResult Node(string type, ReadOnlySpan<OnnxResult> inputs, params IReadOnlyList<OnnxAttribute> attributes)
    {
        string[] names = new string[inputs.Length];
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = inputs[i].Name;
        }

        return new OnnxResult(_model.Node(type, NextName(type), names, attributes));
    }

    private string NextName(string type) => FormattableString.Invariant($"{type}.{++_count}");

    private OnnxResult Integers(params ReadOnlySpan<int> values) => new(_model.Integers("integers " + string.Join(' ', values.ToArray()), values));
}
