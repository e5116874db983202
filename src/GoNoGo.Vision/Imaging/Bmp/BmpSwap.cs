using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Vision.Imaging.Bmp;

/// <summary>Turns pixels with blue first into RGB.</summary>
internal static class BmpSwap
{
    /// <summary>Three bytes a pixel.</summary>
    public static void FromBgr(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        int i = 0;
        if (UseVectors)
        {
            // Five pixels a step; the sixteenth byte is written again by the next.
            var order = Vector128.Create((byte)2, 1, 0, 5, 4, 3, 8, 7, 6, 11, 10, 9, 14, 13, 12, 15);
            for (; i <= destination.Length - 16; i += 15)
            {
                Vector128.Shuffle(Vector128.LoadUnsafe(ref At(source, i)), order).StoreUnsafe(ref At(destination, i));
            }
        }

        for (; i < destination.Length; i += 3)
        {
            (destination[i], destination[i + 1], destination[i + 2]) = (source[i + 2], source[i + 1], source[i]);
        }
    }

    /// <summary>Four bytes a pixel, of which the last is dropped.</summary>
    public static void FromBgrx(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        int from = 0;
        int to = 0;
        if (UseVectors)
        {
            var order = Vector128.Create((byte)2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, 15, 15, 15, 15);
            for (; to <= destination.Length - 16; to += 12, from += 16)
            {
                Vector128.Shuffle(Vector128.LoadUnsafe(ref At(source, from)), order).StoreUnsafe(ref At(destination, to));
            }
        }

        for (; to < destination.Length; to += 3, from += 4)
        {
            (destination[to], destination[to + 1], destination[to + 2]) = (source[from + 2], source[from + 1], source[from]);
        }
    }

    private static bool UseVectors => VectorWidths.Current != VectorWidth.Scalar && Vector128.IsHardwareAccelerated;

    private static ref byte At(ReadOnlySpan<byte> span, int index) => ref Unsafe.Add(ref MemoryMarshal.GetReference(span), index);
}
