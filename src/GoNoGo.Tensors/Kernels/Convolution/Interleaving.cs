using System.Runtime.Intrinsics;

namespace GoNoGo.Tensors.Kernels.Convolution;

/// <summary>
/// Takes lines apart into their even and odd elements and puts them together again: what a stride of two needs. Elements are
/// moved as halves of 64-bit integers, the same for every vector width.
/// </summary>
internal static unsafe class Interleaving
{
    /// <summary>target[2 i] = max(even[i] + bias, least), target[2 i + 1] likewise from odd.</summary>
    public static void Write(float* even, float* odd, int count, float bias, float least, float* target)
    {
        int i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            Vector256<float> add = Vector256.Create(bias);
            Vector256<float> floor = Vector256.Create(least);
            for (; i + 8 <= count; i += 8)
            {
                Vector256<uint> a = Vector256.Max(Vector256.Load(even + i) + add, floor).AsUInt32();
                Vector256<uint> b = Vector256.Max(Vector256.Load(odd + i) + add, floor).AsUInt32();
                Vector256<ulong> low = Vector256.WidenLower(a) | (Vector256.WidenLower(b) << 32);
                Vector256<ulong> high = Vector256.WidenUpper(a) | (Vector256.WidenUpper(b) << 32);
                low.AsSingle().Store(target + (2 * i));
                high.AsSingle().Store(target + (2 * i) + 8);
            }
        }

        for (; i < count; i++)
        {
            target[2 * i] = MathF.Max(even[i] + bias, least);
            target[(2 * i) + 1] = MathF.Max(odd[i] + bias, least);
        }
    }

    /// <summary>target[i] = source[2 i]; reads no element after the last one that it copies.</summary>
    public static void CopyEvery2nd(float* source, int count, float* target)
    {
        int i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; i + 8 < count; i += 8)
            {
                Vector256<ulong> low = Vector256.Load((ulong*)(source + (2 * i)));
                Vector256<ulong> high = Vector256.Load((ulong*)(source + (2 * i) + 8));
                Vector256.Narrow(low, high).AsSingle().Store(target + i);
            }
        }

        for (; i < count; i++)
        {
            target[i] = source[2 * i];
        }
    }
}
