using System.Runtime.InteropServices;

namespace GoNoGo.Tensors.Formats;

/// <summary>Turns the raw bytes of tensor files into numbers. The machine is little-endian, as are the files.</summary>
public static class ElementConversion
{
    /// <summary>Converts elements to floats (doubles are rounded to nearest).</summary>
    public static void ToFloats(ElementType type, ReadOnlySpan<byte> source, Span<float> destination)
    {
        switch (type)
        {
            case ElementType.F32:
                MemoryMarshal.Cast<byte, float>(source).CopyTo(destination);
                break;
            case ElementType.F16:
                ReadOnlySpan<Half> halves = MemoryMarshal.Cast<byte, Half>(source);
                for (int i = 0; i < halves.Length; i++)
                {
                    destination[i] = (float)halves[i];
                }

                break;
            case ElementType.BF16:
                ReadOnlySpan<ushort> upper = MemoryMarshal.Cast<byte, ushort>(source);
                for (int i = 0; i < upper.Length; i++)
                {
                    destination[i] = BitConverter.UInt32BitsToSingle((uint)upper[i] << 16);
                }

                break;
            default:
                int size = type.Size();
                for (int i = 0; i < destination.Length; i++)
                {
                    destination[i] = (float)ToDouble(type, source[(i * size)..]);
                }

                break;
        }
    }

    /// <summary>Converts elements to doubles (64-bit integers are rounded to nearest).</summary>
    public static void ToDoubles(ElementType type, ReadOnlySpan<byte> source, Span<double> destination)
    {
        int size = type.Size();
        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] = ToDouble(type, source[(i * size)..]);
        }
    }

    /// <summary>Converts integer and boolean elements to 64-bit integers.</summary>
    /// <exception cref="OverflowException">An unsigned number beyond the signed range.</exception>
    public static void ToIntegers(ElementType type, ReadOnlySpan<byte> source, Span<long> destination)
    {
        int size = type.Size();
        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] = ToInteger(type, source[(i * size)..]);
        }
    }

    private static double ToDouble(ElementType type, ReadOnlySpan<byte> at) => type switch
    {
        ElementType.F64 => MemoryMarshal.Read<double>(at),
        ElementType.F32 => MemoryMarshal.Read<float>(at),
        ElementType.F16 => (double)MemoryMarshal.Read<Half>(at),
        ElementType.BF16 => BitConverter.UInt32BitsToSingle((uint)MemoryMarshal.Read<ushort>(at) << 16),
        ElementType.U64 => MemoryMarshal.Read<ulong>(at),
        _ => ToInteger(type, at),
    };

    private static long ToInteger(ElementType type, ReadOnlySpan<byte> at) => type switch
    {
        ElementType.Bool => at[0] == 0 ? 0 : 1,
        ElementType.U8 => at[0],
        ElementType.I8 => (sbyte)at[0],
        ElementType.U16 => MemoryMarshal.Read<ushort>(at),
        ElementType.I16 => MemoryMarshal.Read<short>(at),
        ElementType.U32 => MemoryMarshal.Read<uint>(at),
        ElementType.I32 => MemoryMarshal.Read<int>(at),
        ElementType.U64 => checked((long)MemoryMarshal.Read<ulong>(at)),
        ElementType.I64 => MemoryMarshal.Read<long>(at),
        _ => throw new ArgumentException($"ToIntegers: {type} is not an integer type.", nameof(type)),
    };
}
