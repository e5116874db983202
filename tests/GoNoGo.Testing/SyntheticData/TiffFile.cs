using System.Buffers.Binary;

namespace GoNoGo.Testing.SyntheticData;

/// <summary>Writes TIFF files field by field, right or wrong ones, written from the standard without a look at the decoder.</summary>
public sealed class TiffFile
{
    private readonly SortedDictionary<int, (int Type, long[] Values)> _fields = [];
    private readonly List<byte[]> _segments = [];

    /// <summary>Whether the most significant byte of a number comes first.</summary>
    public bool BigEndian { get; init; }

    /// <summary>BigTIFF.</summary>
    public bool IsBig { get; init; }

    /// <summary>Whether segments are tiles.</summary>
    public bool IsTiled { get; init; }

    /// <summary>Where the next page is said to be; 0 for none, -1 for this page.</summary>
    public long Next { get; set; }

    /// <summary>An uncompressed picture in one strip.</summary>
    public static TiffFile Plain(int width, int height, int samples, int bits, int color, byte[] data) =>
        new TiffFile().Set(256, 4, width).Set(257, 4, height).Set(258, 3, [.. Enumerable.Repeat((long)bits, samples)]).Set(259, 3, 1)
            .Set(262, 3, color).Set(277, 3, samples).Set(278, 4, height).Segment(data);

    /// <summary>Sets a field; fields of segments that are not set are filled in.</summary>
    public TiffFile Set(int tag, int type, params long[] values)
    {
        _fields[tag] = (type, values);
        return this;
    }

    /// <summary>Takes a field away.</summary>
    public TiffFile Without(int tag)
    {
        _fields.Remove(tag);
        return this;
    }

    /// <summary>Adds a strip or tile.</summary>
    public TiffFile Segment(params byte[] data)
    {
        _segments.Add(data);
        return this;
    }

    /// <summary>The file: header, segments, fields, values that do not fit in them.</summary>
    public byte[] Build()
    {
        long at = IsBig ? 16 : 8;
        var offsets = new long[_segments.Count];
        for (int i = 0; i < offsets.Length; i++)
        {
            offsets[i] = at;
            at += _segments[i].Length;
        }

        if (offsets.Length > 0)
        {
            _fields.TryAdd(IsTiled ? 324 : 273, (IsBig ? 16 : 4, offsets));
            _fields.TryAdd(IsTiled ? 325 : 279, (4, [.. _segments.Select(segment => (long)segment.Length)]));
        }

        int word = IsBig ? 8 : 4;
        long outside = at + (IsBig ? 8 : 2) + (_fields.Count * (IsBig ? 20L : 12L)) + word;
        var file = new MemoryStream();
        var tail = new MemoryStream();
        Put(file, BigEndian ? 0x4D4D : 0x4949, 2);
        Put(file, IsBig ? 43 : 42, 2);
        if (IsBig)
        {
            Put(file, 8, 2);
            Put(file, 0, 2);
        }

        Put(file, at, word);
        _segments.ForEach(segment => file.Write(segment));
        Put(file, _fields.Count, IsBig ? 8 : 2);
        foreach ((int tag, (int type, long[] values)) in _fields)
        {
            var bytes = new MemoryStream();
            foreach (long value in values)
            {
                Put(bytes, value, Size(type));
            }

            Put(file, tag, 2);
            Put(file, type, 2);
            Put(file, values.Length, word);
            if (bytes.Length <= word)
            {
                bytes.SetLength(word);
                bytes.WriteTo(file);
            }
            else
            {
                Put(file, outside + tail.Length, word);
                bytes.WriteTo(tail);
            }
        }

        Put(file, Next == -1 ? at : Next, word);
        tail.WriteTo(file);
        return file.ToArray();
    }

    private static int Size(int type) => type switch
    {
        1 or 2 or 6 or 7 => 1,
        3 or 8 => 2,
        5 or 10 or 12 or 16 or 17 or 18 => 8,
        _ => 4,
    };

    private void Put(Stream stream, long value, int size)
    {
        Span<byte> bytes = stackalloc byte[8];
        if (BigEndian)
        {
            BinaryPrimitives.WriteInt64BigEndian(bytes, value);
            stream.Write(bytes[(8 - size)..]);
        }
        else
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
            stream.Write(bytes[..size]);
        }
    }
}
