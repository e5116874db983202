using GoNoGo.Learning.Checkpoints.Pickle;
using GoNoGo.Tensors.Formats;

namespace GoNoGo.Learning.Checkpoints.Torch;

/// <summary>What a storage's class says about its elements.</summary>
/// <param name="Name">The class, for messages.</param>
/// <param name="Type">The element type, or null where it cannot be read (complex, quantised).</param>
/// <param name="Size">The size of an element in bytes.</param>
internal sealed record StorageType(string Name, ElementType? Type, int Size)
{
    private static readonly Dictionary<string, StorageType> Known = new[]
    {
        new StorageType("FloatStorage", ElementType.F32, 4),
        new StorageType("DoubleStorage", ElementType.F64, 8),
        new StorageType("HalfStorage", ElementType.F16, 2),
        new StorageType("BFloat16Storage", ElementType.BF16, 2),
        new StorageType("LongStorage", ElementType.I64, 8),
        new StorageType("IntStorage", ElementType.I32, 4),
        new StorageType("ShortStorage", ElementType.I16, 2),
        new StorageType("CharStorage", ElementType.I8, 1),
        new StorageType("ByteStorage", ElementType.U8, 1),
        new StorageType("BoolStorage", ElementType.Bool, 1),
        new StorageType("UntypedStorage", ElementType.U8, 1),
        new StorageType("ComplexFloatStorage", null, 8),
        new StorageType("ComplexDoubleStorage", null, 16),
        new StorageType("QInt8Storage", null, 1),
        new StorageType("QUInt8Storage", null, 1),
        new StorageType("QInt32Storage", null, 4),
        new StorageType("QUInt4x2Storage", null, 1),
        new StorageType("QUInt2x4Storage", null, 1),
    }.ToDictionary(type => type.Name, StringComparer.Ordinal);

    private static readonly Dictionary<string, ElementType> Types = new(StringComparer.Ordinal)
    {
        ["float32"] = ElementType.F32,
        ["float64"] = ElementType.F64,
        ["float16"] = ElementType.F16,
        ["bfloat16"] = ElementType.BF16,
        ["int64"] = ElementType.I64,
        ["int32"] = ElementType.I32,
        ["int16"] = ElementType.I16,
        ["int8"] = ElementType.I8,
        ["uint8"] = ElementType.U8,
        ["uint16"] = ElementType.U16,
        ["uint32"] = ElementType.U32,
        ["uint64"] = ElementType.U64,
        ["bool"] = ElementType.Bool,
    };

    /// <summary>The type that a class name stands for, or null.</summary>
    public static StorageType? Of(PickleGlobal global) =>
        global.Module is "torch" or "torch.cuda" or "torch.storage" ? Known.GetValueOrDefault(global.Name) : null;

    /// <summary>The element type that a name such as <c>torch.float32</c> stands for, or null.</summary>
    public static ElementType? ElementOf(object? dtype) =>
        dtype is PickleGlobal { Module: "torch" } global && Types.TryGetValue(global.Name, out ElementType type) ? type : null;
}
