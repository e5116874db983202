using System.Globalization;
using System.Runtime.InteropServices;

namespace GoNoGo.Vision.Imaging.Tiff;

/// <summary>
/// The strips or tiles of a page: where they are in the file and what they cover. Reading checks that every one lies within the
/// file, holds at least as many bytes as its pixels can be packed into, and shares no byte with another.
/// </summary>
internal sealed class TiffSegments
{
    private const int Block = 128;

    /// <summary>Exact search for shared bytes sorts this many segments; of more, only the sum is compared with the file.</summary>
    private const int MostSorted = 1 << 18;

    private readonly TiffLayout _layout;
    private readonly TiffSource _source;
    private readonly TiffEntry _offsets;
    private readonly TiffEntry? _counts;

    private TiffSegments(TiffLayout layout, TiffSource source, TiffDirectory directory)
    {
        _layout = layout;
        _source = source;
        IsTiled = directory.Find(TiffTag.TileWidth) is not null || directory.Find(TiffTag.TileOffsets) is not null;
        TiffTag offsets = IsTiled ? TiffTag.TileOffsets : TiffTag.StripOffsets;
        _offsets = directory.Find(offsets)
            ?? throw new ImageFormatException($"the TIFF picture has no field {offsets}, so that its pixels cannot be found; the file is damaged.");
        _counts = directory.Find(IsTiled ? TiffTag.TileByteCounts : TiffTag.StripByteCounts);
        long width = IsTiled ? directory.Value(TiffTag.TileWidth, 0) : layout.Width;
        long height = IsTiled ? directory.Value(TiffTag.TileLength, 0) : Math.Min(directory.Value(TiffTag.RowsPerStrip, layout.Height), layout.Height);
        if (width is < 1 or > int.MaxValue || height is < 1 or > int.MaxValue)
        {
            throw new ImageFormatException(IsTiled
                ? $"the TIFF picture has tiles of {width} x {height} pixels, but sizes start at 1 and end at {int.MaxValue}; the file is damaged."
                : "the TIFF picture has strips of 0 rows; the file is damaged.");
        }

        if (IsTiled && (width % 16 != 0 || height % 16 != 0))
        {
            throw new ImageFormatException($"the TIFF picture has tiles of {width} x {height} pixels, but the format wants multiples of 16; the file is damaged.");
        }

        Width = (int)width;
        Height = (int)height;
        Across = (int)((layout.Width + width - 1) / width);
        Down = (int)((layout.Height + height - 1) / height);
    }

    /// <summary>Tiles, not strips.</summary>
    public bool IsTiled { get; }

    /// <summary>Pixels a row of a segment, beyond the picture's edge too.</summary>
    public int Width { get; }

    /// <summary>Rows of a segment; the last may have fewer.</summary>
    public int Height { get; }

    /// <summary>Segments side by side.</summary>
    public int Across { get; }

    /// <summary>Segments one below the other.</summary>
    public int Down { get; }

    /// <summary>Segments of one plane.</summary>
    public long PlaneCount => (long)Across * Down;

    /// <summary>All segments of the page.</summary>
    public long Count => PlaneCount * (_layout.IsPlanar ? _layout.Samples : 1);

    /// <summary>Rows of the picture that the segments in row <paramref name="down"/> cover.</summary>
    public int Rows(int down) => (int)Math.Min(Height, _layout.Height - ((long)down * Height));

    /// <summary>Bytes of the covered rows of a segment, unpacked.</summary>
    public long RawBytes(int down) => _layout.RowBytes(Width) * Rows(down);

    /// <summary>Reads and checks the lists of places and lengths.</summary>
    public static TiffSegments Read(TiffLayout layout, TiffSource source, TiffDirectory directory)
    {
        var segments = new TiffSegments(layout, source, directory);
        segments.Check();
        return segments;
    }

    /// <summary>Where segment <paramref name="index"/> is and how many bytes it has.</summary>
    public (long Position, long Length) Find(long index)
    {
        Span<long> positions = stackalloc long[1];
        Span<long> lengths = stackalloc long[1];
        Read(index, positions, lengths);
        return (positions[0], lengths[0]);
    }

    /// <summary>The place in the file of segments from <paramref name="start"/> on.</summary>
    private void Read(long start, Span<long> positions, Span<long> lengths)
    {
        _offsets.Read(start, positions);
        _counts?.Read(start, lengths);
        for (int i = 0; i < positions.Length; i++)
        {
            long needed = RawBytes(Row(start + i));
            if (_layout.Packing == TiffPacking.None)
            {
                // Some writers count too much; what is needed is known.
                lengths[i] = _counts is null ? needed : Math.Min(lengths[i], needed);
            }
            else if (_counts is null)
            {
                lengths[i] = _source.Length - positions[i];
            }
        }
    }

    private int Row(long index) => (int)(index % PlaneCount / Across);

    private void Check()
    {
        string kind = IsTiled ? "tiles" : "strips";
        if (_offsets.Count < Count || (_counts is not null && _counts.Count < Count))
        {
            throw new ImageFormatException(
                $"the TIFF picture needs {Count} {kind}, but the places of {_offsets.Count} and the lengths of {_counts?.Count ?? 0} are given; the file is damaged.");
        }

        if (_counts is null && _layout.Packing != TiffPacking.None && Count > 1)
        {
            throw new ImageFormatException($"the TIFF picture does not say how long its {Count} packed {kind} are; the file is damaged.");
        }

        long used = (_layout.IsPlanar ? _layout.Used : 1) * PlaneCount;
        Span<long> positions = stackalloc long[Block];
        Span<long> lengths = stackalloc long[Block];
        long sum = 0;
        long end = 0;
        bool ascending = true;
        for (long start = 0; start < used; start += Block)
        {
            int count = (int)Math.Min(Block, used - start);
            Read(start, positions[..count], lengths[..count]);
            for (int i = 0; i < count; i++)
            {
                _source.Require(positions[i], lengths[i], IsTiled ? "tile" : "strip");
                RequireEnough(lengths[i], Row(start + i));
                ascending &= positions[i] >= end;
                end = positions[i] + lengths[i];
                sum += lengths[i];
            }
        }

        if (!ascending)
        {
            RequireApart(used, sum, kind);
        }
    }

    private void RequireEnough(long length, int row)
    {
        long most = TiffUnpack.Largest(_layout.Packing, length);
        if (RawBytes(row) > most)
        {
            throw new ImageFormatException(string.Create(
                CultureInfo.InvariantCulture,
                $"a {(IsTiled ? "tile" : "strip")} of the TIFF picture needs {RawBytes(row)} bytes, but its {length} bytes in the file cannot hold them: the file is cut off or damaged."));
        }
    }

    private void RequireApart(long used, long sum, string kind)
    {
        bool shared = sum > _source.Length;
        if (!shared && used <= MostSorted)
        {
            using var scratch = new Scratch(2 * sizeof(long) * used);
            Span<long> all = MemoryMarshal.Cast<byte, long>(scratch.Span);
            Span<long> positions = all[..(int)used];
            Span<long> lengths = all[(int)used..];
            for (int start = 0; start < used; start += Block)
            {
                int count = (int)Math.Min(Block, used - start);
                Read(start, positions.Slice(start, count), lengths.Slice(start, count));
            }

            positions.Sort(lengths);
            for (int i = 1; i < positions.Length && !shared; i++)
            {
                shared = positions[i] - positions[i - 1] < lengths[i - 1];
            }
        }

        if (shared)
        {
            throw new ImageFormatException($"{kind} of the TIFF picture lie upon each other in the file; it is damaged.");
        }
    }
}
