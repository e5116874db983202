using System.Buffers.Binary;

namespace GoNoGo.Vision.Imaging.Png;

/// <summary>Collects compressed bytes and writes them as IDAT chunks; also writes the other chunks.</summary>
internal sealed class PngChunkWriter : Stream
{
    private const int ChunkBytes = 1 << 16;

    private readonly Stream _destination;
    private readonly byte[] _buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(ChunkBytes);
    private int _filled;

    public PngChunkWriter(Stream destination) => _destination = destination;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Writes a whole chunk.</summary>
    public static void Write(Stream destination, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> field = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(field, data.Length);
        destination.Write(field);
        destination.Write(type);
        destination.Write(data);
        uint state = Crc32.Update(Crc32.Update(uint.MaxValue, type), data);
        BinaryPrimitives.WriteUInt32BigEndian(field, ~state);
        destination.Write(field);
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            int count = Math.Min(buffer.Length, ChunkBytes - _filled);
            buffer[..count].CopyTo(_buffer.AsSpan(_filled));
            _filled += count;
            buffer = buffer[count..];
            if (_filled == ChunkBytes)
            {
                WriteChunk();
            }
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <summary>Writes what is left.</summary>
    public void Complete()
    {
        if (_filled > 0)
        {
            WriteChunk();
        }
    }

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(_buffer);
        }

        base.Dispose(disposing);
    }

    private void WriteChunk()
    {
        Write(_destination, "IDAT"u8, _buffer.AsSpan(0, _filled));
        _filled = 0;
    }
}
