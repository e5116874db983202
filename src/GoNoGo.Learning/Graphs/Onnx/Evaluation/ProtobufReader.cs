using System.Buffers.Binary;
using System.Text;
using GoNoGo.Tensors.Formats;

namespace GoNoGo.Learning.Graphs.Onnx.Evaluation;

/// <summary>
/// Reads the fields of one protocol-buffer message in place: a range of a file. Every length is checked against the message
/// before it is used.
/// </summary>
internal ref struct ProtobufReader
{
    private const int MostVarintBytes = 10;
    private const int MostTextBytes = 1 << 20;

    private readonly ByteSource _source;
    private readonly long _end;
    private long _position;
    private long _next;

    /// <summary>A message.</summary>
    /// <param name="source">The file.</param>
    /// <param name="start">Its first byte.</param>
    /// <param name="length">Its bytes.</param>
    public ProtobufReader(ByteSource source, long start, long length)
    {
        if (start < 0 || length < 0 || start > source.Length - length)
        {
            throw new TensorFileException($"'{source.Name}' is no ONNX file, or cut off: a message of {length} bytes at {start} of {source.Length}.");
        }

        _source = source;
        _position = _next = start;
        _end = start + length;
    }

    /// <summary>The number of the field.</summary>
    public int Field { get; private set; }

    /// <summary>The wire type of the field: 0 varint, 1 64 bits, 2 length-delimited, 5 32 bits.</summary>
    public int WireType { get; private set; }

    /// <summary>The first byte of a length-delimited field's content.</summary>
    public long Start { get; private set; }

    /// <summary>The bytes of a length-delimited field's content.</summary>
    public long Length { get; private set; }

    /// <summary>The value of a varint field.</summary>
    public long Integer { get; private set; }

    /// <summary>The value of a 32-bit field as a float.</summary>
    public float Float { get; private set; }

    /// <summary>Goes to the next field; false at the end of the message.</summary>
    public bool Next()
    {
        _position = _next;
        if (_position == _end)
        {
            return false;
        }

        ulong tag = Varint();
        (Field, WireType) = ((int)(tag >> 3), (int)(tag & 7));
        switch (WireType)
        {
            case 0:
                Integer = (long)Varint();
                break;
            case 1:
                Skip(sizeof(ulong));
                break;
            case 2:
                ulong length = Varint();
                if (length > (ulong)(_end - _position))
                {
                    throw Damaged($"field {Field} has {length} bytes where {_end - _position} are left");
                }

                (Start, Length) = (_position, (long)length);
                _position += Length;
                break;
            case 5:
                Span<byte> bytes = stackalloc byte[sizeof(float)];
                long at = Skip(sizeof(float));
                _source.Read(at, bytes);
                Float = BinaryPrimitives.ReadSingleLittleEndian(bytes);
                break;
            default:
                throw Damaged($"wire type {WireType}");
        }

        _next = _position;
        return true;
    }

    /// <summary>The field as a message.</summary>
    public readonly ProtobufReader Message()
    {
        Require(2);
        return new ProtobufReader(_source, Start, Length);
    }

    /// <summary>The field as text.</summary>
    public readonly string Text()
    {
        Require(2);
        if (Length > MostTextBytes)
        {
            throw Damaged($"a name of {Length} bytes");
        }

        var bytes = new byte[Length];
        _source.Read(Start, bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>The field's integers: one, or several packed together.</summary>
    public readonly void AddIntegers(List<long> integers)
    {
        if (WireType == 0)
        {
            integers.Add(Integer);
            return;
        }

        Require(2);
        var packed = new ProtobufReader(_source, Start, Length);
        while (packed._position < packed._end)
        {
            integers.Add((long)packed.Varint());
        }
    }

    /// <summary>Throws where the field has another wire type.</summary>
    public readonly void Require(int wireType)
    {
        if (WireType != wireType)
        {
            throw Damaged($"field {Field} has wire type {WireType}, expected {wireType}");
        }
    }

    private readonly TensorFileException Damaged(string what) => new($"'{_source.Name}' is no ONNX file, or damaged: {what} at byte {_position}.");

    private long Skip(int bytes)
    {
        if (bytes > _end - _position)
        {
            throw Damaged("a field that is cut off");
        }

        _position += bytes;
        return _position - bytes;
    }

    private ulong Varint()
    {
        Span<byte> bytes = stackalloc byte[MostVarintBytes];
        bytes = bytes[..(int)Math.Min(MostVarintBytes, _end - _position)];
        _source.Read(_position, bytes);
        ulong value = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            value |= (ulong)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] < 0x80)
            {
                _position += i + 1;
                return value;
            }
        }

        throw Damaged("a number that does not end");
    }
}
