using System.Runtime.CompilerServices;

namespace GoNoGo.Tensors.Random;

/// <summary>
/// The counter-based generator Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as
/// 1, 2, 3"): a keyed bijection of 128-bit counters, so that any number of a stream is had without those before it.
/// </summary>
internal static class Philox
{
    private const int Rounds = 10;

    /// <summary>Four 32-bit words from a 128-bit counter and a 64-bit key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (uint A, uint B, uint C, uint D) Words(ulong counterLow, ulong counterHigh, ulong key)
    {
        uint a = (uint)counterLow;
        uint b = (uint)(counterLow >> 32);
        uint c = (uint)counterHigh;
        uint d = (uint)(counterHigh >> 32);
        uint k0 = (uint)key;
        uint k1 = (uint)(key >> 32);
        for (int round = 0; round < Rounds; round++)
        {
            ulong p0 = 0xD2511F53UL * a;
            ulong p1 = 0xCD9E8D57UL * c;
            a = (uint)(p1 >> 32) ^ b ^ k0;
            b = (uint)p1;
            c = (uint)(p0 >> 32) ^ d ^ k1;
            d = (uint)p0;
            k0 = unchecked(k0 + 0x9E3779B9);
            k1 = unchecked(k1 + 0xBB67AE85);
        }

        return (a, b, c, d);
    }
}
