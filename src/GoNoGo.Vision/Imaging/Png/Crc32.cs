using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GoNoGo.Vision.Imaging.Png;

/// <summary>The cyclic redundancy check of PNG chunks (polynomial 0xEDB88320), eight bytes a step.</summary>
internal static class Crc32
{
    private static readonly uint[] Tables = MakeTables();

    /// <summary>The check value of one run of bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> data) => ~Update(uint.MaxValue, data);

    /// <summary>Goes on with a state that began as all ones; the check value is its complement.</summary>
    public static uint Update(uint state, ReadOnlySpan<byte> data)
    {
        ref uint tables = ref MemoryMarshal.GetArrayDataReference(Tables);
        while (data.Length >= 8)
        {
            uint low = System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(data) ^ state;
            uint high = System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(data[4..]);
            state = Unsafe.Add(ref tables, (7 * 256) + (byte)low)
                ^ Unsafe.Add(ref tables, (6 * 256) + (byte)(low >> 8))
                ^ Unsafe.Add(ref tables, (5 * 256) + (byte)(low >> 16))
                ^ Unsafe.Add(ref tables, (4 * 256) + (byte)(low >> 24))
                ^ Unsafe.Add(ref tables, (3 * 256) + (byte)high)
                ^ Unsafe.Add(ref tables, (2 * 256) + (byte)(high >> 8))
                ^ Unsafe.Add(ref tables, 256 + (byte)(high >> 16))
                ^ Unsafe.Add(ref tables, (byte)(high >> 24));
            data = data[8..];
        }

        foreach (byte value in data)
        {
            state = (state >> 8) ^ Unsafe.Add(ref tables, (byte)(state ^ value));
        }

        return state;
    }

    /// <summary>Table k holds the effect of a byte that k further zero bytes follow.</summary>
    private static uint[] MakeTables()
    {
        var tables = new uint[8 * 256];
        for (uint value = 0; value < 256; value++)
        {
            uint state = value;
            for (int bit = 0; bit < 8; bit++)
            {
                state = (state & 1) != 0 ? (state >> 1) ^ 0xEDB88320 : state >> 1;
            }

            tables[value] = state;
        }

        for (int index = 256; index < tables.Length; index++)
        {
            uint before = tables[index - 256];
            tables[index] = (before >> 8) ^ tables[before & 0xFF];
        }

        return tables;
    }
}
