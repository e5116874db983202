using System.Runtime.CompilerServices;

namespace GoNoGo.Evaluation.Sorting;

/// <summary>
/// Scores as unsigned integers whose ascending order is the descending order of the scores: what a radix sort can sort
/// and a sweep over falling thresholds can read forward. Both zeros have one key; infinities keep their place; NaN has none.
/// </summary>
internal static class ScoreKey
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint FromSingle(float score)
    {
        // IEEE order: positive floats rise with their bits, negative ones fall. Flipping the sign bit of the former and
        // all bits of the latter gives an ascending key; the complement of that descends. Adding +0 turns -0 into +0.
        int bits = BitConverter.SingleToInt32Bits(score + 0f);
        return ~(uint)(bits ^ ((bits >> 31) | int.MinValue));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ToSingle(uint key)
    {
        uint ascending = ~key;
        uint mask = (ascending >> 31) != 0 ? 0x8000_0000u : 0xFFFF_FFFFu;
        return BitConverter.UInt32BitsToSingle(ascending ^ mask);
    }

    public static ulong FromDouble(double score)
    {
        long bits = BitConverter.DoubleToInt64Bits(score + 0d);
        return ~(ulong)(bits ^ ((bits >> 63) | long.MinValue));
    }

    public static double ToDouble(ulong key)
    {
        ulong ascending = ~key;
        ulong mask = (ascending >> 63) != 0 ? 0x8000_0000_0000_0000UL : ulong.MaxValue;
        return BitConverter.UInt64BitsToDouble(ascending ^ mask);
    }
}
