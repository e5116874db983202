using System.Buffers.Binary;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Formats;
using GoNoGo.Tensors.Memory;
using static GoNoGo.Learning.Graphs.Onnx.OnnxFields;

namespace GoNoGo.Learning.Graphs.Onnx;

/// <summary>
/// An ONNX model while it is put together. Large tensors are named first and read one at a time when the file is written, so
/// that memory holds one of them; they can be written to a second file.
/// </summary>
internal sealed class OnnxModel
{
    private readonly List<ProtobufWriter> _nodes = [];
    private readonly List<OnnxTensor> _tensors = [];
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
    public string Weight(string name, Shape shape, Func<TensorScope, Tensor> read) => Add(new OnnxTensor(name, shape, read, IsTransposed: false));

    /// <summary>Adds the transpose <c>[I, O]</c> of a matrix <c>[O, I]</c> that is read when the file is written; the same name is stored once.</summary>
    public string Transposed(string name, Shape matrix, Func<TensorScope, Tensor> read) =>
        Add(new OnnxTensor(name, new Shape(matrix[1], matrix[0]), read, IsTransposed: true));

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

            _constants.Add(OnnxTensor.Head(name, ElementInt64, [values.Length]).Bytes(TensorRawData, bytes));
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
            _constants.Add(OnnxTensor.Head(name, ElementFloat, []).Bytes(TensorRawData, bytes));
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
    /// <param name="stream">Receives it.</param>
    /// <param name="external">Receives large tensors where the model has more bytes than are to be kept in one file.</param>
    /// <exception cref="TensorFileException">It is larger than the 2 GB that a file of this format can hold.</exception>
    public void Save(Stream stream, OnnxExternalData? external = null)
    {
        ProtobufWriter head = Head();
        ProtobufWriter graph = Structure();
        long length = graph.Length + _tensors.Sum(LengthInside);
        if (external is null || LengthOf(head, length) <= external.KeptUpTo)
        {
            Write(head, graph, _tensors, length, stream);
            return;
        }

        OnnxTensor[] outside = [.. _tensors.Where(tensor => tensor.Bytes >= OnnxExternalData.FewestTensorBytes)];
        OnnxTensor[] inside = [.. _tensors.Where(tensor => tensor.Bytes < OnnxExternalData.FewestTensorBytes)];
        long[] offsets = Offsets(outside);
        for (int i = 0; i < outside.Length; i++)
        {
            graph.Message(GraphInitializer, outside[i].Outside(external.Location, offsets[i]));
        }

        length = graph.Length + inside.Sum(LengthInside);
        Require(head, length);
        if (outside.Length > 0)
        {
            WriteOutside(outside, offsets, external.Open());
        }

        Write(head, graph, inside, length, stream);
    }

    private static long[] Offsets(OnnxTensor[] tensors)
    {
        var offsets = new long[tensors.Length];
        long end = 0;
        for (int i = 0; i < tensors.Length; i++)
        {
            offsets[i] = OnnxExternalData.Aligned(end, tensors[i].Bytes);
            end = offsets[i] + tensors[i].Bytes;
        }

        return offsets;
    }

    private static void WriteOutside(OnnxTensor[] tensors, long[] offsets, Stream stream)
    {
        using var scope = new TensorScope();
        long end = 0;
        for (int i = 0; i < tensors.Length; i++)
        {
            stream.Write(new byte[offsets[i] - end]);
            tensors[i].WriteValues(scope, stream);
            scope.Reset();
            end = offsets[i] + tensors[i].Bytes;
        }
    }

    private static void Write(ProtobufWriter head, ProtobufWriter graph, IReadOnlyList<OnnxTensor> tensors, long length, Stream stream)
    {
        Require(head, length);
        head.Header(ModelGraph, length).CopyTo(stream);
        graph.CopyTo(stream);
        using var scope = new TensorScope();
        foreach (OnnxTensor tensor in tensors)
        {
            ProtobufWriter before = tensor.HeadBeforeValues();
            new ProtobufWriter().Header(GraphInitializer, before.Length + tensor.Bytes).CopyTo(stream);
            before.CopyTo(stream);
            tensor.WriteValues(scope, stream);
            scope.Reset();
        }
    }

    private static void Require(ProtobufWriter head, long length)
    {
        long bytes = LengthOf(head, length);
        if (bytes > OnnxExternalData.MostFileBytes)
        {
            throw new TensorFileException($"an ONNX file holds at most 2 GB and this network has {bytes} bytes; write its tensors to a second file, export fewer outputs or a smaller variant.");
        }
    }

    /// <summary>The bytes of a file whose graph has so many.</summary>
    private static long LengthOf(ProtobufWriter head, long graph) => head.Length + ProtobufWriter.HeaderSize(ModelGraph, graph) + graph;

    /// <summary>The bytes that a tensor takes in the graph.</summary>
    private static long LengthInside(OnnxTensor tensor)
    {
        long length = tensor.HeadBeforeValues().Length + tensor.Bytes;
        return ProtobufWriter.HeaderSize(GraphInitializer, length) + length;
    }

    private string Add(OnnxTensor tensor)
    {
        if (_names.Add(tensor.Name))
        {
            _tensors.Add(tensor);
        }

        return tensor.Name;
    }

    /// <summary>What stands before the graph.</summary>
    private ProtobufWriter Head()
    {
        var head = new ProtobufWriter();
        head.Integer(ModelIrVersion, IrVersion).Text(ModelProducerName, "gonogo");
        head.Message(ModelOpsetImport, new ProtobufWriter().Integer(OpsetVersion, Opset));
        foreach ((string key, string value) in Metadata)
        {
            head.Message(ModelMetadata, new ProtobufWriter().Text(EntryKey, key).Text(EntryValue, value));
        }

        return head;
    }

    /// <summary>The graph without the tensors.</summary>
    private ProtobufWriter Structure()
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

        return graph;
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
