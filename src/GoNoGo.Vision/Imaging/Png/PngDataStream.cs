using System.Buffers.Binary;

namespace GoNoGo.Vision.Imaging.Png;

/// <summary>The contents of consecutive IDAT chunks, already verified, as one stream.</summary>
internal sealed unsafe class PngDataStream : Stream
{
    private readonly byte* _file;
    private readonly int _end;
    private int _next;
    private int _position;
    private int _left;

    /// <summary>A stream over the chunks from offset <paramref name="begin"/> to <paramref name="end"/>; the memory stays fixed while the stream is read.</summary>
    public PngDataStream(byte* file, int begin, int end)
    {
        _file = file;
        _next = begin;
        _end = end;
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        while (_left == 0)
        {
            if (_next >= _end)
            {
                return 0;
            }

            _left = (int)BinaryPrimitives.ReadUInt32BigEndian(new ReadOnlySpan<byte>(_file + _next, 4));
            _position = _next + 8;
            _next = _position + _left + 4;
        }

        int count = Math.Min(_left, buffer.Length);
        new ReadOnlySpan<byte>(_file + _position, count).CopyTo(buffer);
        _position += count;
        _left -= count;
        return count;
    }

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
