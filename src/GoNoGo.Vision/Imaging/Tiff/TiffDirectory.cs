using System.Globalization;

namespace GoNoGo.Vision.Imaging.Tiff;

/// <summary>The fields of the first page of a TIFF or BigTIFF file, and how many pages there are.</summary>
internal sealed class TiffDirectory
{
    /// <summary>Pages are counted up to this many.</summary>
    public const int MostPages = 10_000;

    private const int MostEntries = 4096;

    private readonly TiffSource _source;
    private readonly bool _isBig;
    private readonly List<TiffEntry> _entries = [];

    private TiffDirectory(TiffSource source, bool bigEndian, bool isBig)
    {
        _source = source;
        BigEndian = bigEndian;
        _isBig = isBig;
    }

    /// <summary>Whether the most significant byte of a number comes first.</summary>
    public bool BigEndian { get; }

    /// <summary>Pages of the file, reduced copies and masks not counted; at most <see cref="MostPages"/>.</summary>
    public int Pages { get; private set; } = 1;

    /// <summary>Reads the header and the first page's fields, and follows the list of pages to its end.</summary>
    public static TiffDirectory Read(TiffSource source)
    {
        Span<byte> header = stackalloc byte[16];
        source.Read(0, header[..8], "header");
        bool bigEndian = header[0] == 'M';
        bool isBig = TiffEntry.Number(header[2..], 2, bigEndian) == 43;
        long first = TiffEntry.Number(header[4..], 4, bigEndian);
        if (isBig)
        {
            source.Read(0, header, "header");
            if (TiffEntry.Number(header[4..], 2, bigEndian) != 8)
            {
                throw new ImageFormatException("the BigTIFF header has offsets of another size than 8 bytes; the file is damaged.");
            }

            first = TiffEntry.Number(header[8..], 8, bigEndian);
        }

        if (first == 0)
        {
            throw new ImageFormatException("the TIFF file has no page; it was not written to its end.");
        }

        var directory = new TiffDirectory(source, bigEndian, isBig);
        directory.ReadEntries(first);
        directory.CountPages(first);
        return directory;
    }

    /// <summary>A field, or null where the page has none of that name.</summary>
    public TiffEntry? Find(TiffTag tag)
    {
        foreach (TiffEntry entry in _entries)
        {
            if (entry.Tag == tag)
            {
                return entry;
            }
        }

        return null;
    }

    /// <summary>The first number of a field, or the value that its absence stands for.</summary>
    public long Value(TiffTag tag, long absent) => Find(tag)?.First ?? absent;

    private int CountSize => _isBig ? 8 : 2;

    private int EntrySize => _isBig ? 20 : 12;

    private int OffsetSize => _isBig ? 8 : 4;

    private long EntryCount(long position)
    {
        Span<byte> bytes = stackalloc byte[8];
        _source.Read(position, bytes[..CountSize], "list of fields");
        long count = TiffEntry.Number(bytes, CountSize, BigEndian);
        if (count is < 1 or > MostEntries)
        {
            throw new ImageFormatException(string.Create(
                CultureInfo.InvariantCulture, $"a page of the TIFF file has {(ulong)count} fields, expected 1 to {MostEntries}; the file is damaged."));
        }

        _source.Require(position + CountSize, (count * EntrySize) + OffsetSize, "list of fields");
        return count;
    }

    private void ReadEntries(long position)
    {
        long count = EntryCount(position);
        Span<byte> bytes = stackalloc byte[EntrySize];
        for (long i = 0; i < count; i++)
        {
            long at = position + CountSize + (i * EntrySize);
            _source.Read(at, bytes, "list of fields");
            var tag = (TiffTag)TiffEntry.Number(bytes, 2, BigEndian);
            if (Enum.IsDefined(tag) && Find(tag) is null)
            {
                _entries.Add(Entry(tag, bytes, at + 4 + OffsetSize));
            }
        }
    }

    /// <summary>A field whose numbers are either in its last bytes, at <paramref name="inside"/>, or where these point to.</summary>
    private TiffEntry Entry(TiffTag tag, ReadOnlySpan<byte> bytes, long inside)
    {
        long type = TiffEntry.Number(bytes[2..], 2, BigEndian);
        long count = TiffEntry.Number(bytes[4..], OffsetSize, BigEndian);
        int size = type switch
        {
            1 => 1,
            3 => 2,
            4 or 13 => 4,
            16 or 18 => 8,
            _ => throw new ImageFormatException($"the TIFF field {tag} has values of type {type}, expected unsigned integers; the file is damaged."),
        };
        if (count < 1 || count > _source.Length / size)
        {
            throw new ImageFormatException($"the TIFF field {tag} has {(ulong)count} values, which the file cannot hold; the file is cut off or damaged.");
        }

        long position = count * size <= OffsetSize ? inside : TiffEntry.Number(bytes[(4 + OffsetSize)..], OffsetSize, BigEndian);
        _source.Require(position, count * size, tag.ToString());
        return new TiffEntry(_source, BigEndian, tag, size, count, position);
    }

    /// <summary>Follows the list of pages; a circle is found by Brent's method, which needs no memory.</summary>
    private void CountPages(long first)
    {
        long mark = first;
        int untilMark = 1;
        int steps = 0;
        long position = Next(first);
        for (int walked = 1; position != 0 && walked < MostPages; walked++)
        {
            if (position == mark)
            {
                throw new ImageFormatException($"the list of pages of the TIFF file goes in a circle at byte {position}; the file is damaged.");
            }

            if (++steps == untilMark)
            {
                mark = position;
                untilMark *= 2;
                steps = 0;
            }

            Pages += IsPage(position) ? 1 : 0;
            position = Next(position);
        }
    }

    private long Next(long position)
    {
        Span<byte> bytes = stackalloc byte[8];
        _source.Read(position + CountSize + (EntryCount(position) * EntrySize), bytes[..OffsetSize], "list of pages");
        long next = TiffEntry.Number(bytes, OffsetSize, BigEndian);
        if (next != 0)
        {
            _source.Require(next, CountSize, "next page");
        }

        return next;
    }

    /// <summary>Not a reduced copy or a transparency mask of another page; fields are sorted, so that this one comes first.</summary>
    private bool IsPage(long position)
    {
        Span<byte> bytes = stackalloc byte[EntrySize];
        _source.Read(position + CountSize, bytes, "list of fields");
        bool isKind = TiffEntry.Number(bytes, 2, BigEndian) == (long)TiffTag.NewSubfileType;
        return !isKind || (TiffEntry.Number(bytes[(4 + OffsetSize)..], 4, BigEndian) & 0b101) == 0;
    }
}
