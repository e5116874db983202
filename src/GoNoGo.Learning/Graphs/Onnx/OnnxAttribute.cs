using static GoNoGo.Learning.Graphs.Onnx.OnnxFields;

namespace GoNoGo.Learning.Graphs.Onnx;

/// <summary>An attribute of an ONNX node: an integer, integers, or a number.</summary>
internal readonly record struct OnnxAttribute(string Name, long? Integer, IReadOnlyList<int>? Integers, float? Number)
{
    public static implicit operator OnnxAttribute((string Name, long Value) attribute) => new(attribute.Name, attribute.Value, null, null);

    public static implicit operator OnnxAttribute((string Name, int Value) attribute) => new(attribute.Name, attribute.Value, null, null);

    public static implicit operator OnnxAttribute((string Name, int[] Values) attribute) => new(attribute.Name, null, attribute.Values, null);

    public static implicit operator OnnxAttribute((string Name, float Value) attribute) => new(attribute.Name, null, null, attribute.Value);

    /// <summary>The attribute as a message.</summary>
    public ProtobufWriter Write()
    {
        ProtobufWriter message = new ProtobufWriter().Text(AttributeName, Name);
        if (Number is { } number)
        {
            return message.Float(AttributeFloat, number).Integer(AttributeType, TypeFloat);
        }

        if (Integer is { } integer)
        {
            return message.Integer(AttributeInteger, integer).Integer(AttributeType, TypeInteger);
        }

        foreach (int value in Integers ?? [])
        {
            message.Integer(AttributeIntegers, value);
        }

        return message.Integer(AttributeType, TypeIntegers);
    }
}
