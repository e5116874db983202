using System.Buffers.Binary;
using System.Text;
using GoNoGo.Tensors.Formats;
using GoNoGo.Tensors.Formats.Npy;

namespace GoNoGo.Fuzzing.TensorFiles;

/// <summary>Arrays of NumPy, in both versions of the header.</summary>
internal sealed class NpyTarget : FuzzTarget
{
    public override string Name => "npy";

    public override string Extension => ".npy";

    public override string Summary => "arrays in NPY files";

    public override IReadOnlyList<byte[]> Seeds() =>
    [
        Array(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 5), }\n", 60),
        Array(2, "{'descr': '|u1', 'fortran_order': True, 'shape': (3, 5), }\n", 15),
    ];

    public override byte[] MutateStructure(byte[] file, Random random)
    {
        if (file.Length < 13)
        {
            return [.. file];
        }

        return file[6] == 1
            ? HeaderMutation.Mutate(file, 10, BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(8)), (result, length) => BinaryPrimitives.WriteUInt16LittleEndian(result.AsSpan(8), (ushort)length), random)
            : HeaderMutation.Mutate(file, 12, BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(8)), (result, length) => BinaryPrimitives.WriteUInt32LittleEndian(result.AsSpan(8), (uint)length), random);
    }

    public override bool IsRefusal(Exception exception) => exception is TensorFileException;

    public override long Read(byte[] file)
    {
        using NpyReader reader = NpyReader.Open(new MemoryStream(file));
        int count = reader.ReadFloats().Length;
        return count == reader.ElementCount ? sizeof(float) * (long)count : throw new FuzzFailureException($"{count} elements where the header says {reader.ElementCount}");
    }

    private static byte[] Array(int version, string text, int dataBytes)
    {
        byte[] length = version == 1 ? new byte[2] : new byte[4];
        length[0] = (byte)text.Length;
        return [0x93, .. "NUMPY"u8, (byte)version, 0, .. length, .. Encoding.ASCII.GetBytes(text), .. new byte[dataBytes]];
    }
}
