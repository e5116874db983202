using System.Buffers.Binary;
using System.Runtime.InteropServices;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Formats;
using GoNoGo.Tensors.Memory;
using static GoNoGo.Learning.Graphs.Onnx.OnnxFields;

namespace GoNoGo.Learning.Graphs.Onnx;

/// <summary>
/// An ONNX model while it is put together. Large tensors are named first and read one at a time when the file is written, so
/// that memory holds one of them.
/// </summary>
internal sealed class OnnxModel
{
    private readonly List<ProtobufWriter> _nodes = [];
    private readonly List<(ProtobufWriter Head, long Bytes, Func<TensorScope, Tensor> Read)> _tensors = [];
    private readonly List<ProtobufWriter> _constants = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly List<ProtobufWriter> _inputs = [];
    private readonly List<ProtobufWriter> _outputs = [];

    /// <summary>Text for readers of the file, by key; written in ordinal order.</summary>
    public SortedDictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>Adds a node and gives back the name of its only result.</summary>
    public string Node(string type, string result, IReadOnlyList<string> inputs, params IReadOnlyList<OnnxAttribute> attributes) =>
        Node(type, [result], inputs, attributes)[0];

    /// <summary>Adds a node and gives back the names of its results.</summary>
    public IReadOnlyList<string> Node(string type, IReadOnlyList<string> results, IReadOnlyList<string> inputs, params IReadOnlyList<OnnxAttribute> attributes)
    {
        var node = new ProtobufWriter();
        foreach (string input in inputs)
        {
            node.Text(NodeInput, input);
        }

        foreach (string result in results)
        {
            if (!_names.Add(result))
            {
                throw new ArgumentException($"OnnxModel.Node: two results are called '{result}'.", nameof(results));
            }

            node.Text(NodeOutput, result);
        }

        node.Text(NodeName, results[0]).Text(NodeOpType, type);
        foreach (OnnxAttribute attribute in attributes)
        {
            node.Message(NodeAttribute, attribute.Write());
        }

        _nodes.Add(node);
        return results;
    }

    /// <summary>Adds a tensor that is read when the file is written; the same name is stored once.</summary>
    public string Weight(string name, Shape shape, Func<TensorScope, Tensor> read)
    {
        if (_names.Add(name))
        {
            ProtobufWriter head = Head(name, ElementFloat, shape.ToArray());
            _tensors.Add((head, shape.ElementCount * sizeof(float), read));
        }

        return name;
    }

    /// <summary>Adds an integer constant.</summary>
    public string Integers(string name, params ReadOnlySpan<int> values)
    {
        if (_names.Add(name))
        {
            var bytes = new byte[values.Length * sizeof(long)];
            for (int i = 0; i < values.Length; i++)
            {
                BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(i * sizeof(long)), values[i]);
            }

            _constants.Add(Head(name, ElementInt64, [values.Length]).Bytes(TensorRawData, bytes));
        }

        return name;
    }

    /// <summary>Adds a number.</summary>
    public string Number(string name, float value)
    {
        if (_names.Add(name))
        {
            var bytes = new byte[sizeof(float)];
            BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
            _constants.Add(Head(name, ElementFloat, []).Bytes(TensorRawData, bytes));
        }

        return name;
    }

    /// <summary>Declares the input.</summary>
    public void Input(string name, GraphShape shape)
    {
        _names.Add(name);
        _inputs.Add(Value(name, shape));
    }

    /// <summary>Declares an output.</summary>
    public void Output(string name, GraphShape shape) => _outputs.Add(Value(name, shape));

    /// <summary>Writes the model.</summary>
    /// <exception cref="TensorFileException">It is larger than the 2 GB that a file of this format can hold.</exception>
    public void Save(Stream stream)
    {
        var graph = new ProtobufWriter();
        foreach (ProtobufWriter node in _nodes)
        {
            graph.Message(GraphNodes, node);
        }

        graph.Text(GraphName, "gonogo");
        foreach (ProtobufWriter constant in _constants)
        {
            graph.Message(GraphInitializer, constant);
        }

        foreach (ProtobufWriter input in _inputs)
        {
            graph.Message(GraphInput, input);
        }

        foreach (ProtobufWriter output in _outputs)
        {
            graph.Message(GraphOutput, output);
        }

        long length = graph.Length + _tensors.Sum(tensor => ProtobufWriter.HeaderSize(GraphInitializer, TensorLength(tensor)) + TensorLength(tensor));
        if (length > int.MaxValue)
        {
            throw new TensorFileException($"an ONNX file holds at most 2 GB and this network has {length} bytes; export fewer outputs or a smaller variant.");
        }

        var head = new ProtobufWriter();
        head.Integer(ModelIrVersion, IrVersion).Text(ModelProducerName, "gonogo");
        head.Message(ModelOpsetImport, new ProtobufWriter().Integer(OpsetVersion, Opset));
        foreach ((string key, string value) in Metadata)
        {
            head.Message(ModelMetadata, new ProtobufWriter().Text(EntryKey, key).Text(EntryValue, value));
        }

        head.Header(ModelGraph, length).CopyTo(stream);
        graph.CopyTo(stream);
        using var scope = new TensorScope();
        foreach ((ProtobufWriter Head, long Bytes, Func<TensorScope, Tensor> Read) tensor in _tensors)
        {
            var start = new ProtobufWriter();
            start.Header(GraphInitializer, TensorLength(tensor)).CopyTo(stream);
            tensor.Head.CopyTo(stream);
            new ProtobufWriter().Header(TensorRawData, tensor.Bytes).CopyTo(stream);
            WriteValues(tensor.Read(scope).Span, stream);
            scope.Reset();
        }
    }

    private static void WriteValues(ReadOnlySpan<float> values, Stream stream)
    {
        if (BitConverter.IsLittleEndian)
        {
            stream.Write(MemoryMarshal.AsBytes(values));
            return;
        }

        Span<byte> bytes = stackalloc byte[sizeof(float)];
        foreach (float value in values)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
            stream.Write(bytes);
        }
    }

    private static long TensorLength((ProtobufWriter Head, long Bytes, Func<TensorScope, Tensor> Read) tensor) =>
        tensor.Head.Length + ProtobufWriter.HeaderSize(TensorRawData, tensor.Bytes) + tensor.Bytes;

    private static ProtobufWriter Head(string name, int elementType, ReadOnlySpan<int> dimensions)
    {
        var head = new ProtobufWriter();
        foreach (int dimension in dimensions)
        {
            head.Integer(TensorDimensions, dimension);
        }

        return head.Integer(TensorElementType, elementType).Text(TensorName, name);
    }

    /// <summary>A float tensor whose first dimension is open.</summary>
    private static ProtobufWriter Value(string name, GraphShape shape)
    {
        ProtobufWriter dimensions = new ProtobufWriter().Message(ShapeDimension, new ProtobufWriter().Text(DimensionName, shape.PerImage == 1 ? "batch" : "windows"));
        foreach (int dimension in shape.Item.ToArray())
        {
            dimensions.Message(ShapeDimension, new ProtobufWriter().Integer(DimensionValue, dimension));
        }

        ProtobufWriter type = new ProtobufWriter().Integer(TensorTypeElement, ElementFloat).Message(TensorTypeShape, dimensions);
        return new ProtobufWriter().Text(ValueName, name).Message(ValueTypeOf, new ProtobufWriter().Message(TypeTensor, type));
    }
}
