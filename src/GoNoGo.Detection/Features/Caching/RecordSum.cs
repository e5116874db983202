using System.Buffers.Binary;

namespace GoNoGo.Detection.Features.Caching;

/// <summary>A quick 64-bit sum that notices flipped, lost and exchanged bytes; no protection against intent.</summary>
internal static class RecordSum
{
    /// <summary>The sum over some bytes; the same on every machine.</summary>
    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        ulong sum = 0xCBF29CE484222325 ^ (ulong)bytes.Length;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            sum = unchecked((sum ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes)) * 0x9E3779B97F4A7C15);
            sum ^= sum >> 29;
        }

        foreach (byte value in bytes)
        {
            sum = unchecked((sum ^ value) * 0x100000001B3);
        }

        return sum;
    }
}
