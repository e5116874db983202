using System.Buffers.Binary;
using System.Text;
using GoNoGo.Learning.Checkpoints.Pickle;
using GoNoGo.Tensors.Formats;

namespace GoNoGo.Learning.Checkpoints.Torch;

/// <summary>
/// The records of a zip archive (PKWARE APPNOTE 6.3: end record, its 64-bit form, central directory, local headers). Only stored
/// records are taken, as torch writes them; their data is used where it lies.
/// </summary>
internal sealed class ZipRecords
{
    private const int EndBytes = 22;
    private const int CentralBytes = 46;
    private const int LocalBytes = 30;
    private const uint EndSignature = 0x06054B50;
    private const uint End64Signature = 0x06064B50;
    private const uint Locator64Signature = 0x07064B50;
    private const uint CentralSignature = 0x02014B50;
    private const uint LocalSignature = 0x04034B50;
    private const int MaxName = 1024;

    private readonly ByteSource _source;
    private readonly Dictionary<string, Record> _records = new(StringComparer.Ordinal);

    private ZipRecords(ByteSource source) => _source = source;

    public static ZipRecords Read(ByteSource source, MemoryBudget budget)
    {
        var zip = new ZipRecords(source);
        (long start, long length, ulong count) = zip.FindDirectory();
        zip.ReadDirectory(start, length, count, budget);
        return zip;
    }

    public IEnumerable<string> Names => _records.Keys;

    public bool Contains(string name) => _records.ContainsKey(name);

    /// <summary>Where a record's data lies.</summary>
    /// <exception cref="TensorFileException">There is no such record, or it is compressed, encrypted or beyond the end.</exception>
    public StorageRange Locate(string name)
    {
        if (!_records.TryGetValue(name, out Record record))
        {
            throw Bad($"has no record '{Short(name)}'");
        }

        Span<byte> header = stackalloc byte[LocalBytes];
        ReadAt(record.Header, header, "local header");
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != LocalSignature)
        {
            throw Bad($"has no record at byte {record.Header}, where '{Short(name)}' should be");
        }

        if (record.Method != 0 || record.IsEncrypted)
        {
            throw Bad($"holds the record '{Short(name)}' compressed or encrypted, which torch.save never writes; save it again with torch.save, or pack it without compression");
        }

        long position = record.Header + LocalBytes + BinaryPrimitives.ReadUInt16LittleEndian(header[26..]) + BinaryPrimitives.ReadUInt16LittleEndian(header[28..]);
        return position <= _source.Length && record.Size <= _source.Length - position
            ? new StorageRange(position, record.Size)
            : throw Bad($"is cut off: record '{Short(name)}' of {record.Size} bytes begins at byte {position}, the file has {_source.Length}");
    }

    private (long Start, long Length, ulong Count) FindDirectory()
    {
        int tailBytes = (int)Math.Min(_source.Length, EndBytes + ushort.MaxValue);
        var tail = new byte[tailBytes];
        long tailStart = _source.Length - tailBytes;
        _source.Read(tailStart, tail);
        for (int at = tailBytes - EndBytes; at >= 0; at--)
        {
            ReadOnlySpan<byte> end = tail.AsSpan(at);
            if (BinaryPrimitives.ReadUInt32LittleEndian(end) == EndSignature
                && BinaryPrimitives.ReadUInt16LittleEndian(end[20..]) == tailBytes - at - EndBytes)
            {
                ulong count = BinaryPrimitives.ReadUInt16LittleEndian(end[10..]);
                ulong length = BinaryPrimitives.ReadUInt32LittleEndian(end[12..]);
                ulong start = BinaryPrimitives.ReadUInt32LittleEndian(end[16..]);
                long endAt = tailStart + at;
                if (count == ushort.MaxValue || length == uint.MaxValue || start == uint.MaxValue)
                {
                    (start, length, count, endAt) = ReadEnd64(endAt);
                }

                return start <= (ulong)endAt && length <= (ulong)endAt - start
                    ? ((long)start, (long)length, count)
                    : throw Bad($"is damaged: its directory of {length} bytes should begin at byte {start} and end before byte {endAt}");
            }
        }

        throw Bad("is cut off: it begins like a zip archive and has no end record; fetch it again");
    }

    private (ulong Start, ulong Length, ulong Count, long EndAt) ReadEnd64(long endAt)
    {
        Span<byte> locator = stackalloc byte[20];
        Span<byte> end = stackalloc byte[56];
        ReadAt(endAt - locator.Length, locator, "64-bit locator");
        ulong at = BinaryPrimitives.ReadUInt64LittleEndian(locator[8..]);
        if (BinaryPrimitives.ReadUInt32LittleEndian(locator) != Locator64Signature || at > (ulong)endAt)
        {
            throw Bad("is damaged: its end record asks for a 64-bit one that is not there");
        }

        ReadAt((long)at, end, "64-bit end record");
        return BinaryPrimitives.ReadUInt32LittleEndian(end) == End64Signature
            ? (BinaryPrimitives.ReadUInt64LittleEndian(end[48..]), BinaryPrimitives.ReadUInt64LittleEndian(end[40..]), BinaryPrimitives.ReadUInt64LittleEndian(end[32..]), (long)at)
            : throw Bad($"is damaged: no 64-bit end record at byte {at}");
    }

    private void ReadDirectory(long start, long length, ulong count, MemoryBudget budget)
    {
        var input = new PickleInput(_source, start, start + length);
        Span<byte> header = stackalloc byte[CentralBytes];
        Span<byte> name = stackalloc byte[MaxName];
        for (ulong i = 0; i < count; i++)
        {
            if (input.Left < CentralBytes)
            {
                throw Bad($"is damaged: its directory ends after {i} of {count} records");
            }

            input.Read(header);
            int nameBytes = BinaryPrimitives.ReadUInt16LittleEndian(header[28..]);
            int extraBytes = BinaryPrimitives.ReadUInt16LittleEndian(header[30..]);
            int commentBytes = BinaryPrimitives.ReadUInt16LittleEndian(header[32..]);
            if (BinaryPrimitives.ReadUInt32LittleEndian(header) != CentralSignature || nameBytes > MaxName || nameBytes + extraBytes + commentBytes > input.Left)
            {
                throw Bad($"is damaged: record {i} of its directory is none");
            }

            input.Read(name[..nameBytes]);
            budget.Charge((3 * nameBytes) + MemoryBudget.ObjectBytes + MemoryBudget.EntryBytes);
            string text = Encoding.UTF8.GetString(name[..nameBytes]);
            Record record = ReadRecord(header, input, extraBytes);
            input.Skip((ulong)commentBytes);
            if (!_records.TryAdd(text, record))
            {
                throw Bad($"is damaged or hostile: record '{Short(text)}' occurs twice");
            }
        }
    }

    private Record ReadRecord(ReadOnlySpan<byte> header, PickleInput input, int extraBytes)
    {
        ulong packed = BinaryPrimitives.ReadUInt32LittleEndian(header[20..]);
        ulong size = BinaryPrimitives.ReadUInt32LittleEndian(header[24..]);
        ulong local = BinaryPrimitives.ReadUInt32LittleEndian(header[42..]);
        bool wideSize = size == uint.MaxValue;
        bool widePacked = packed == uint.MaxValue;
        bool wideLocal = local == uint.MaxValue;
        while (extraBytes >= 4)
        {
            int id = input.ReadUInt16();
            int bytes = Math.Min(input.ReadUInt16(), extraBytes - 4);
            extraBytes -= 4 + bytes;
            if (id == 1)
            {
                // The 64-bit forms of those fields that are all ones, in this order.
                Wide(ref size, wideSize, input, ref bytes);
                Wide(ref packed, widePacked, input, ref bytes);
                Wide(ref local, wideLocal, input, ref bytes);
            }

            input.Skip((ulong)bytes);
        }

        input.Skip((ulong)extraBytes);
        ushort method = BinaryPrimitives.ReadUInt16LittleEndian(header[10..]);
        if (size > long.MaxValue || local > (ulong)_source.Length || (method == 0 && size != packed))
        {
            throw Bad("is damaged: a record lies beyond its end");
        }

        return new Record((long)local, (long)size, method, (header[8] & 1) != 0);
    }

    private static void Wide(ref ulong field, bool isWide, PickleInput input, ref int bytes)
    {
        if (isWide && bytes >= 8)
        {
            field = input.ReadUInt64();
            bytes -= 8;
        }
    }

    private void ReadAt(long position, Span<byte> destination, string what)
    {
        if (position < 0 || position > _source.Length - destination.Length)
        {
            throw Bad($"is damaged: its {what} would lie at byte {position}");
        }

        _source.Read(position, destination);
    }

    private static string Short(string text) => text.Length <= 100 ? text : string.Concat(text.AsSpan(0, 100), "...");

    private TensorFileException Bad(string what) => new($"'{_source.Name}' {what}.");

    private readonly record struct Record(long Header, long Size, ushort Method, bool IsEncrypted);
}
