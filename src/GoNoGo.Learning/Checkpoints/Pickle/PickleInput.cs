using System.Buffers.Binary;
using System.Text;
using GoNoGo.Tensors.Formats;

namespace GoNoGo.Learning.Checkpoints.Pickle;

/// <summary>Reads a part of a file from front to back; every length is checked against what is left.</summary>
internal sealed class PickleInput(ByteSource source, long start, long end)
{
    private const int BufferBytes = 1 << 14;
    private const int MaxLine = 1000;

    private readonly byte[] _buffer = new byte[(int)Math.Min(BufferBytes, Math.Max(end - start, 1))];
    private int _next;
    private int _filled;
    private long _bufferEnd = start;

    public string FileName => source.Name;

    /// <summary>The position in the file of the next byte.</summary>
    public long Position => _bufferEnd - (_filled - _next);

    public long Left => end - Position;

    public byte ReadByte()
    {
        if (_next == _filled)
        {
            Fill();
        }

        return _buffer[_next++];
    }

    public ushort ReadUInt16() => (ushort)(ReadByte() | (ReadByte() << 8));

    public int ReadInt32() => ReadUInt16() | (ReadUInt16() << 16);

    public uint ReadUInt32() => unchecked((uint)ReadInt32());

    public ulong ReadUInt64() => ReadUInt32() | ((ulong)ReadUInt32() << 32);

    /// <summary>Pickle's BINFLOAT is the only big-endian number.</summary>
    public double ReadDoubleBigEndian()
    {
        Span<byte> bytes = stackalloc byte[8];
        Read(bytes);
        return BinaryPrimitives.ReadDoubleBigEndian(bytes);
    }

    public void Read(Span<byte> destination)
    {
        Require((ulong)destination.Length);
        foreach (ref byte value in destination)
        {
            value = ReadByte();
        }
    }

    /// <summary>Passes over bytes that are of no use.</summary>
    public void Skip(ulong count)
    {
        Require(count);
        if (count <= (ulong)(_filled - _next))
        {
            _next += (int)count;
            return;
        }

        _bufferEnd = Position + (long)count;
        _next = _filled = 0;
    }

    /// <summary>UTF-8 text; what is no UTF-8 becomes a replacement character.</summary>
    public string ReadText(ulong byteCount, MemoryBudget budget)
    {
        Require(byteCount);
        budget.Charge((3 * (long)byteCount) + MemoryBudget.ObjectBytes);
        if (byteCount <= 256)
        {
            Span<byte> small = stackalloc byte[(int)byteCount];
            Read(small);
            return Encoding.UTF8.GetString(small);
        }

        if (byteCount > 1 << 20)
        {
            // No name is that long; a long text (a configuration, a log) is of no use here.
            Skip(byteCount);
            return "";
        }

        var bytes = new byte[byteCount];
        Read(bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Text up to a line feed, which is taken too.</summary>
    public string ReadLine(MemoryBudget budget)
    {
        Span<byte> line = stackalloc byte[MaxLine];
        int length = 0;
        for (byte value = ReadByte(); value != (byte)'\n'; value = ReadByte())
        {
            if (length == MaxLine)
            {
                throw Bad($"a line of more than {MaxLine} bytes at byte {Position}");
            }

            line[length++] = value;
        }

        budget.Charge((3 * length) + MemoryBudget.ObjectBytes);
        return Encoding.UTF8.GetString(line[..length]);
    }

    public TensorFileException Bad(string what) =>
        new($"'{FileName}' is damaged, or not written by torch.save: {what}.");

    private void Require(ulong count)
    {
        if (count > (ulong)Left)
        {
            throw Bad($"{count} bytes are announced at byte {Position}, {Left} are left");
        }
    }

    private void Fill()
    {
        int count = (int)Math.Min(_buffer.Length, end - _bufferEnd);
        if (count <= 0)
        {
            throw Bad($"the pickle is cut off at byte {end}");
        }

        source.Read(_bufferEnd, _buffer.AsSpan(0, count));
        _bufferEnd += count;
        _filled = count;
        _next = 0;
    }
}
