namespace GoNoGo.Learning.Graphs.Onnx;

/// <summary>The field numbers and constants of the ONNX format (onnx.proto, IR version 8) that are written.</summary>
internal static class OnnxFields
{
    public const int ModelIrVersion = 1;
    public const int ModelProducerName = 2;
    public const int ModelGraph = 7;
    public const int ModelOpsetImport = 8;
    public const int ModelMetadata = 14;

    public const int OpsetVersion = 2;

    public const int GraphNodes = 1;
    public const int GraphName = 2;
    public const int GraphInitializer = 5;
    public const int GraphInput = 11;
    public const int GraphOutput = 12;

    public const int NodeInput = 1;
    public const int NodeOutput = 2;
    public const int NodeName = 3;
    public const int NodeOpType = 4;
    public const int NodeAttribute = 5;

    public const int AttributeName = 1;
    public const int AttributeFloat = 2;
    public const int AttributeInteger = 3;
    public const int AttributeIntegers = 8;
    public const int AttributeType = 20;
    public const int TypeFloat = 1;
    public const int TypeInteger = 2;
    public const int TypeIntegers = 7;

    public const int TensorDimensions = 1;
    public const int TensorElementType = 2;
    public const int TensorName = 8;
    public const int TensorRawData = 9;
    public const int TensorExternalData = 13;
    public const int TensorDataLocation = 14;
    public const int DataIsExternal = 1;
    public const string ExternalLocation = "location";
    public const string ExternalOffset = "offset";
    public const string ExternalLength = "length";
    public const int ElementFloat = 1;
    public const int ElementInt64 = 7;

    public const int ValueName = 1;
    public const int ValueTypeOf = 2;
    public const int TypeTensor = 1;
    public const int TensorTypeElement = 1;
    public const int TensorTypeShape = 2;
    public const int ShapeDimension = 1;
    public const int DimensionValue = 1;
    public const int DimensionName = 2;

    public const int EntryKey = 1;
    public const int EntryValue = 2;

    /// <summary>IR version 8 belongs to opset 17.</summary>
    public const int IrVersion = 8;

    /// <summary>The first opset with layer normalisation.</summary>
    public const int Opset = 17;
}
