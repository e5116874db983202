using System.Buffers.Binary;

namespace GoNoGo.Vision.Imaging.Tiff;

/// <summary>Collects the fields of a page, in ascending order, and lays them out with the values that do not fit in them behind.</summary>
internal sealed class TiffFieldWriter
{
    private const int InsideBytes = 4;
    private const int FieldBytes = 12;

    private readonly List<(TiffTag Tag, int Size, long[] Values)> _fields = [];

    /// <summary>A field of 16-bit numbers: one, <paramref name="count"/> times.</summary>
    public void Short(TiffTag tag, int value, int count = 1)
    {
        var values = new long[count];
        Array.Fill(values, value);
        _fields.Add((tag, sizeof(ushort), values));
    }

    /// <summary>A field of 32-bit numbers.</summary>
    public void Long(TiffTag tag, params long[] values) => _fields.Add((tag, sizeof(uint), values));

    /// <summary>The bytes of the page's fields for a place in the file; no other page follows.</summary>
    public byte[] Build(long position)
    {
        int table = sizeof(ushort) + (_fields.Count * FieldBytes) + sizeof(uint);
        int outside = table;
        var bytes = new byte[table + _fields.Sum(field => OutsideBytes(field.Size * field.Values.Length))];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)_fields.Count);
        int at = sizeof(ushort);
        foreach ((TiffTag tag, int size, long[] values) in _fields)
        {
            Span<byte> field = bytes.AsSpan(at, FieldBytes);
            BinaryPrimitives.WriteUInt16LittleEndian(field, (ushort)tag);
            BinaryPrimitives.WriteUInt16LittleEndian(field[2..], (ushort)(size == sizeof(ushort) ? 3 : 4));
            BinaryPrimitives.WriteUInt32LittleEndian(field[4..], (uint)values.Length);
            Span<byte> target = field[8..];
            int length = OutsideBytes(size * values.Length);
            if (length > 0)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(target, (uint)(position + outside));
                target = bytes.AsSpan(outside, length);
                outside += length;
            }

            for (int i = 0; i < values.Length; i++)
            {
                if (size == sizeof(ushort))
                {
                    BinaryPrimitives.WriteUInt16LittleEndian(target[(i * size)..], (ushort)values[i]);
                }
                else
                {
                    BinaryPrimitives.WriteUInt32LittleEndian(target[(i * size)..], (uint)values[i]);
                }
            }

            at += FieldBytes;
        }

        return bytes;
    }

    /// <summary>Bytes behind the fields: none where the values fit inside.</summary>
    private static int OutsideBytes(int length) => length <= InsideBytes ? 0 : length + (length & 1);
}
