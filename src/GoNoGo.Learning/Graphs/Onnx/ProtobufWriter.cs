using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace GoNoGo.Learning.Graphs.Onnx;

/// <summary>Writes protocol-buffer fields (wire types varint, 32 bits and length-delimited, which are all that ONNX needs).</summary>
internal sealed class ProtobufWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>Bytes written so far.</summary>
    public long Length => _bytes.WrittenCount;

    /// <summary>The bytes a varint takes.</summary>
    public static int VarintSize(ulong value) => Math.Max(1, (BitOperations.Log2(value) + 7) / 7);

    /// <summary>The bytes that tag and length of a length-delimited field take.</summary>
    public static long HeaderSize(int field, long length) => VarintSize(((ulong)field << 3) | 2) + VarintSize((ulong)length);

    /// <summary>An integer field.</summary>
    public ProtobufWriter Integer(int field, long value)
    {
        Tag(field, 0);
        Varint((ulong)value);
        return this;
    }

    /// <summary>A float field.</summary>
    public ProtobufWriter Float(int field, float value)
    {
        Tag(field, 5);
        Span<byte> bytes = stackalloc byte[sizeof(float)];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        _bytes.Write(bytes);
        return this;
    }

    /// <summary>A text field.</summary>
    public ProtobufWriter Text(int field, string value)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(value);
        Header(field, bytes.Length);
        _bytes.Write(bytes);
        return this;
    }

    /// <summary>A bytes field.</summary>
    public ProtobufWriter Bytes(int field, ReadOnlySpan<byte> value)
    {
        Header(field, value.Length);
        _bytes.Write(value);
        return this;
    }

    /// <summary>A message field.</summary>
    public ProtobufWriter Message(int field, ProtobufWriter message)
    {
        Header(field, message.Length);
        _bytes.Write(message._bytes.WrittenSpan);
        return this;
    }

    /// <summary>Tag and length of a length-delimited field whose content follows by other means.</summary>
    public ProtobufWriter Header(int field, long length)
    {
        Tag(field, 2);
        Varint((ulong)length);
        return this;
    }

    /// <summary>Writes everything so far to a stream.</summary>
    public void CopyTo(Stream stream) => stream.Write(_bytes.WrittenSpan);

    private void Tag(int field, int wireType) => Varint(((ulong)field << 3) | (uint)wireType);

    private void Varint(ulong value)
    {
        while (value >= 0x80)
        {
            _bytes.Write([(byte)(value | 0x80)]);
            value >>= 7;
        }

        _bytes.Write([(byte)value]);
    }
}
