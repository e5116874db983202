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

/// <summary>
/// What an ONNX file holds, as far as <see cref="OnnxExporter"/> writes it. Tensors stay in the file until they are asked for; large ones may
/// lie in one other file of the same folder.
/// </summary>
internal sealed class OnnxFile : IDisposable
{
    private readonly ByteSource _source;
    private readonly OnnxOutside _outside;
    private readonly Dictionary<string, OnnxStoredTensor> _tensors = new(StringComparer.Ordinal);

    private OnnxFile(ByteSource source, OnnxOutside outside)
    {
        (_source, _outside) = (source, outside);
        var model = new ProtobufReader(source, 0, source.Length);
        while (model.Next())
        {
            switch (model.Field)
            {
                case ModelGraph:
                    ReadGraph(model.Message());
                    break;
                case ModelMetadata:
                    ReadEntry(model.Message(), Metadata);
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
    /// <param name="path">The file.</param>
    /// <param name="moved">A file that lies elsewhere while it has not got its name yet: its name in the model and where it is.</param>
    /// <exception cref="TensorFileException">It cannot be read, or is no ONNX file of ours.</exception>
    public static OnnxFile Open(string path, (string Location, string Path)? moved = null)
    {
        ByteSource source = ByteSource.OpenFile(path, memoryMapped: true);
        var outside = new OnnxOutside(path, moved);
        try
        {
            return new OnnxFile(source, outside);
        }
        catch
        {
            source.Dispose();
            outside.Dispose();
            throw;
        }
    }

    /// <summary>Whether a stored tensor has this name.</summary>
    public bool Contains(string name) => _tensors.ContainsKey(name);

    /// <summary>A stored tensor.</summary>
    public OnnxValue Read(string name) => new(_tensors[name]);

    public void Dispose()
    {
        _source.Dispose();
        _outside.Dispose();
    }

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
        bool isOutside = false;
        (long Start, long Length)? inside = null;
        var dimensions = new List<long>();
        var place = new Dictionary<string, string>(StringComparer.Ordinal);
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
                    inside = (message.Start, message.Length);
                    break;
                case TensorExternalData:
                    ReadEntry(message.Message(), place);
                    break;
                case TensorDataLocation:
                    message.Require(0);
                    isOutside = message.Integer == DataIsExternal;
                    break;
            }
        }

        if (isOutside == inside.HasValue || isOutside != place.Count > 0)
        {
            throw new TensorFileException($"'{_source.Name}': tensor '{name}' has to have its values in this file or in another one, and in one of them only.");
        }

        if (inside is { } range)
        {
            _tensors[name] = new OnnxStoredTensor(_source, name, type, dimensions, range.Start, range.Length);
            return;
        }

        (ByteSource source, long start, long length) = _outside.Find(name, place);
        _tensors[name] = new OnnxStoredTensor(source, name, type, dimensions, start, length);
    }

    private static void ReadEntry(ProtobufReader message, Dictionary<string, string> entries)
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

        entries[key] = value;
    }
}
