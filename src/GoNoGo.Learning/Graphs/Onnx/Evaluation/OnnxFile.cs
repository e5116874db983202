using System.Buffers.Binary;
using System.Runtime.InteropServices;
using GoNoGo.Tensors.Formats;
using static GoNoGo.Learning.Graphs.Onnx.OnnxFields;

namespace GoNoGo.Learning.Graphs.Onnx.Evaluation;

/// <summary>A node of a file.</summary>
/// <param name="Type">The operator.</param>
/// <param name="Inputs">Names of values.</param>
/// <param name="Outputs">Names of values.</param>
/// <param name="Attributes">By name: integers, or one float.</param>
internal sealed record OnnxNode(string Type, List<string> Inputs, List<string> Outputs, Dictionary<string, OnnxAttributeValue> Attributes)
{
    /// <summary>An integer attribute.</summary>
    public int Integer(string name, int otherwise) => Attributes.TryGetValue(name, out OnnxAttributeValue? value) ? checked((int)value.Integers[0]) : otherwise;

    /// <summary>Integers of an attribute; the given ones where it is absent.</summary>
    public int[] Integers(string name, params int[] otherwise) =>
        Attributes.TryGetValue(name, out OnnxAttributeValue? value) ? [.. value.Integers.Select(integer => checked((int)integer))] : otherwise;

    /// <summary>A float attribute.</summary>
    public float Number(string name) => Attributes[name].Number;
}

/// <summary>An attribute's value.</summary>
internal sealed record OnnxAttributeValue(List<long> Integers, float Number);

/// <summary>What an ONNX file holds, as far as <see cref="OnnxExporter"/> writes it. Tensors stay in the file until they are asked for.</summary>
internal sealed class OnnxFile : IDisposable
{
    private readonly ByteSource _source;
    private readonly Dictionary<string, StoredTensor> _tensors = new(StringComparer.Ordinal);

    private OnnxFile(ByteSource source)
    {
        _source = source;
        var model = new ProtobufReader(source, 0, source.Length);
        while (model.Next())
        {
            switch (model.Field)
            {
                case ModelGraph:
                    ReadGraph(model.Message());
                    break;
                case ModelMetadata:
                    ReadEntry(model.Message());
                    break;
            }
        }
    }

    /// <summary>The nodes in their order.</summary>
    public List<OnnxNode> Nodes { get; } = [];

    /// <summary>The names of the inputs.</summary>
    public List<string> Inputs { get; } = [];

    /// <summary>The names of the outputs.</summary>
    public List<string> Outputs { get; } = [];

    /// <summary>Text stored in the file, by key.</summary>
    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>Opens a file.</summary>
    /// <exception cref="TensorFileException">It cannot be read, or is no ONNX file of ours.</exception>
    public static OnnxFile Open(string path)
    {
        ByteSource source = ByteSource.OpenFile(path, memoryMapped: true);
        try
        {
            return new OnnxFile(source);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>Whether a stored tensor has this name.</summary>
    public bool Contains(string name) => _tensors.ContainsKey(name);

    /// <summary>Reads a stored tensor.</summary>
    public OnnxValue Read(string name)
    {
        StoredTensor tensor = _tensors[name];
        int count = OnnxValue.Count(tensor.Shape);
        int size = tensor.ElementType == ElementFloat ? sizeof(float) : sizeof(long);
        if (tensor.ElementType is not (ElementFloat or ElementInt64) || tensor.Length != (long)count * size)
        {
            throw new TensorFileException($"'{_source.Name}': tensor '{name}' of type {tensor.ElementType} and shape [{string.Join(", ", tensor.Shape)}] has {tensor.Length} bytes.");
        }

        if (tensor.ElementType == ElementFloat)
        {
            var floats = new float[count];
            _source.Read(tensor.Start, MemoryMarshal.AsBytes(floats.AsSpan()));
            if (!BitConverter.IsLittleEndian)
            {
                Span<int> words = MemoryMarshal.Cast<float, int>(floats.AsSpan());
                BinaryPrimitives.ReverseEndianness(words, words);
            }

            return new OnnxValue(tensor.Shape, Array.ConvertAll(floats, value => (double)value));
        }

        var integers = new long[count];
        _source.Read(tensor.Start, MemoryMarshal.AsBytes(integers.AsSpan()));
        if (!BitConverter.IsLittleEndian)
        {
            BinaryPrimitives.ReverseEndianness(integers, integers);
        }

        return new OnnxValue(tensor.Shape, integers);
    }

    public void Dispose() => _source.Dispose();

    private static OnnxNode ReadNode(ProtobufReader message)
    {
        var node = new OnnxNode("", [], [], new Dictionary<string, OnnxAttributeValue>(StringComparer.Ordinal));
        while (message.Next())
        {
            switch (message.Field)
            {
                case NodeInput:
                    node.Inputs.Add(message.Text());
                    break;
                case NodeOutput:
                    node.Outputs.Add(message.Text());
                    break;
                case NodeOpType:
                    node = node with { Type = message.Text() };
                    break;
                case NodeAttribute:
                    ReadAttribute(message.Message(), node.Attributes);
                    break;
            }
        }

        return node;
    }

    private static void ReadAttribute(ProtobufReader message, Dictionary<string, OnnxAttributeValue> attributes)
    {
        string name = "";
        float number = 0;
        var integers = new List<long>();
        while (message.Next())
        {
            switch (message.Field)
            {
                case AttributeName:
                    name = message.Text();
                    break;
                case AttributeFloat:
                    message.Require(5);
                    number = message.Float;
                    break;
                case AttributeInteger or AttributeIntegers:
                    message.AddIntegers(integers);
                    break;
            }
        }

        attributes[name] = new OnnxAttributeValue(integers, number);
    }

    private static string NameOf(ProtobufReader value)
    {
        while (value.Next())
        {
            if (value.Field == ValueName)
            {
                return value.Text();
            }
        }

        return "";
    }

    private void ReadGraph(ProtobufReader message)
    {
        while (message.Next())
        {
            switch (message.Field)
            {
                case GraphNodes:
                    Nodes.Add(ReadNode(message.Message()));
                    break;
                case GraphInitializer:
                    ReadTensor(message.Message());
                    break;
                case GraphInput:
                    Inputs.Add(NameOf(message.Message()));
                    break;
                case GraphOutput:
                    Outputs.Add(NameOf(message.Message()));
                    break;
            }
        }
    }

    private void ReadTensor(ProtobufReader message)
    {
        string name = "";
        int type = 0;
        long start = 0;
        long length = 0;
        var dimensions = new List<long>();
        while (message.Next())
        {
            switch (message.Field)
            {
                case TensorDimensions:
                    message.AddIntegers(dimensions);
                    break;
                case TensorElementType:
                    message.Require(0);
                    type = (int)message.Integer;
                    break;
                case TensorName:
                    name = message.Text();
                    break;
                case TensorRawData:
                    message.Require(2);
                    (start, length) = (message.Start, message.Length);
                    break;
            }
        }

        // More than the file holds is refused before anything is allocated.
        long count = 1;
        foreach (long dimension in dimensions)
        {
            if (dimension < 0 || (dimension > 0 && count > _source.Length / dimension))
            {
                throw new TensorFileException($"'{_source.Name}': tensor '{name}' of shape [{string.Join(", ", dimensions)}] is larger than the file.");
            }

            count *= dimension;
        }

        _tensors[name] = new StoredTensor([.. dimensions.Select(dimension => (int)dimension)], type, start, length);
    }

    private void ReadEntry(ProtobufReader message)
    {
        string key = "";
        string value = "";
        while (message.Next())
        {
            if (message.Field == EntryKey)
            {
                key = message.Text();
            }
            else if (message.Field == EntryValue)
            {
                value = message.Text();
            }
        }

        Metadata[key] = value;
    }

    private sealed record StoredTensor(int[] Shape, int ElementType, long Start, long Length);
}
