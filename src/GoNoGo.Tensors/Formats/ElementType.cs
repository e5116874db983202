namespace GoNoGo.Tensors.Formats;

/// <summary>The element types of tensor files; all little-endian.</summary>
public enum ElementType
{
    /// <summary>One byte, 0 or 1.</summary>
    Bool,

    /// <summary>Unsigned 8-bit integer.</summary>
    U8,

    /// <summary>Signed 8-bit integer.</summary>
    I8,

    /// <summary>Unsigned 16-bit integer.</summary>
    U16,

    /// <summary>Signed 16-bit integer.</summary>
    I16,

    /// <summary>Unsigned 32-bit integer.</summary>
    U32,

    /// <summary>Signed 32-bit integer.</summary>
    I32,

    /// <summary>Unsigned 64-bit integer.</summary>
    U64,

    /// <summary>Signed 64-bit integer.</summary>
    I64,

    /// <summary>IEEE half precision.</summary>
    F16,

    /// <summary>The upper half of a single-precision number (8 exponent bits).</summary>
    BF16,

    /// <summary>IEEE single precision.</summary>
    F32,

    /// <summary>IEEE double precision.</summary>
    F64,
}

/// <summary>Facts about element types.</summary>
public static class ElementTypes
{
    /// <summary>The size of one element in bytes.</summary>
    public static int Size(this ElementType type) => type switch
    {
        ElementType.Bool or ElementType.U8 or ElementType.I8 => 1,
        ElementType.U16 or ElementType.I16 or ElementType.F16 or ElementType.BF16 => 2,
        ElementType.U32 or ElementType.I32 or ElementType.F32 => 4,
        _ => 8,
    };

    /// <summary>Whether the type holds fractions.</summary>
    public static bool IsFloat(this ElementType type) =>
        type is ElementType.F16 or ElementType.BF16 or ElementType.F32 or ElementType.F64;
}
