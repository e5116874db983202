using System.Buffers.Binary;
using System.Globalization;

namespace GoNoGo.Vision.Imaging.Tiff;

/// <summary>One field of a page: a list of numbers somewhere in the file, which is known to hold them.</summary>
/// <param name="Source">The file.</param>
/// <param name="BigEndian">Its byte order.</param>
/// <param name="Tag">What the numbers mean.</param>
/// <param name="Size">Bytes of one number: 1, 2, 4 or 8.</param>
/// <param name="Count">How many there are, at least 1.</param>
/// <param name="Position">Where they are.</param>
internal sealed record TiffEntry(TiffSource Source, bool BigEndian, TiffTag Tag, int Size, long Count, long Position)
{
    private const int MostBytes = 8 * 128;

    /// <summary>The first number.</summary>
    public long First => this[0];

    /// <summary>The number at <paramref name="index"/>.</summary>
    public long this[long index]
    {
        get
        {
            Span<long> value = stackalloc long[1];
            Read(index, value);
            return value[0];
        }
    }

    /// <summary>Reads up to 128 numbers from <paramref name="start"/> on.</summary>
    public void Read(long start, Span<long> values)
    {
        Span<byte> bytes = stackalloc byte[MostBytes];
        bytes = bytes[..(values.Length * Size)];
        Source.Read(Position + (start * Size), bytes, Tag.ToString());
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Number(bytes[(i * Size)..], Size, BigEndian);
            if (values[i] < 0)
            {
                throw new ImageFormatException(string.Create(
                    CultureInfo.InvariantCulture, $"the TIFF field {Tag} has the value {(ulong)values[i]}, which no file can hold; the file is damaged."));
            }
        }
    }

    /// <summary>Whether all numbers equal the first; at most the first 128 are looked at.</summary>
    public bool IsUniform()
    {
        Span<long> values = stackalloc long[(int)Math.Min(Count, 128)];
        Read(0, values);
        return !values.ContainsAnyExcept(values[0]);
    }

    /// <summary>An unsigned number of 1, 2, 4 or 8 bytes; one above the largest signed number is negative.</summary>
    public static long Number(ReadOnlySpan<byte> bytes, int size, bool bigEndian) => size switch
    {
        1 => bytes[0],
        2 => bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        4 => bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        _ => bigEndian ? BinaryPrimitives.ReadInt64BigEndian(bytes) : BinaryPrimitives.ReadInt64LittleEndian(bytes),
    };
}
