using System.Buffers.Binary;
using System.Text;

namespace GoNoGo.Testing.SyntheticData;

/// <summary>Writes pickles opcode by opcode, honest and hostile ones.</summary>
public sealed class PickleWriter
{
    private readonly List<byte> _bytes = [];

    /// <summary>A pickle of a protocol.</summary>
    public PickleWriter(byte protocol = 2) => Raw(0x80, protocol);

    /// <summary>Any bytes.</summary>
    public PickleWriter Raw(params ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    /// <summary>An opcode written as a character.</summary>
    public PickleWriter Op(char opcode) => Raw((byte)opcode);

    /// <summary>A class or function.</summary>
    public PickleWriter Global(string module, string name) => Raw([(byte)'c', .. Encoding.UTF8.GetBytes($"{module}\n{name}\n")]);

    /// <summary>A text.</summary>
    public PickleWriter Text(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        return Raw([(byte)'X', .. length, .. bytes]);
    }

    /// <summary>A whole number.</summary>
    public PickleWriter Number(long number)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        return Raw([0x8A, 8, .. bytes]);
    }

    /// <summary>A tuple of whole numbers.</summary>
    public PickleWriter Numbers(params ReadOnlySpan<long> numbers)
    {
        Op('(');
        foreach (long number in numbers)
        {
            Number(number);
        }

        return Op('t');
    }

    /// <summary>A persistent reference to a storage.</summary>
    public PickleWriter Storage(string type, string key, long count) =>
        Op('(').Text("storage").Global("torch", type).Text(key).Text("cpu").Number(count).Op('t').Op('Q');

    /// <summary>A tensor over a storage.</summary>
    public PickleWriter Tensor(string type, string key, long count, long offset, long[] size, long[] strides) =>
        Global("torch._utils", "_rebuild_tensor_v2").Op('(').Storage(type, key, count).Number(offset).Numbers(size).Numbers(strides)
            .Raw(0x89).Global("collections", "OrderedDict").Op(')').Op('R').Op('t').Op('R');

    /// <summary>The pickle with its end.</summary>
    public byte[] End() => [.. _bytes, (byte)'.'];

    /// <summary>A dictionary with one tensor <c>w</c>.</summary>
    public static byte[] OneTensor(string type, long count, long offset, long[] size, long[] strides) =>
        new PickleWriter().Op('}').Text("w").Tensor(type, "0", count, offset, size, strides).Op('s').End();
}
