using System.Buffers.Binary;

namespace GoNoGo.Fuzzing.Checkpoints;

/// <summary>
/// Damages PyTorch checkpoints with knowledge of their form: pickle opcodes and their arguments, and the fields of zip records.
/// </summary>
internal static class TorchMutation
{
    private static readonly byte[] Opcodes = [.. "(.012GJKMNQRTUXBCabcd}ehjl]oqrst)u"u8, .. Enumerable.Range(0x80, 0x19).Select(code => (byte)code)];

    private static readonly byte[][] Fragments =
    [
        [.. "cos\nsystem\n"u8], [.. "ctorch\nFloatStorage\n"u8], [.. "ctorch\nHalfStorage\n"u8], [.. "ctorch._utils\n_rebuild_tensor_v2\n"u8],
        [.. "ccollections\nOrderedDict\n"u8], [.. "X\u0007\0\0\0storage"u8], [.. "X\u0005\0\0\0model"u8], [0x8A, 8, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F],
        [0x8A, 8, 0, 0, 0, 0, 0, 0, 0, 0x80], [(byte)'K', 0], [(byte)'K', 1], [(byte)'M', 0xFF, 0xFF], [(byte)'J', 0xFF, 0xFF, 0xFF, 0xFF], [(byte)')', (byte)'R'], [(byte)'h', 0], [(byte)'2'], [(byte)'0'], [(byte)'1'], [(byte)'s'], [(byte)'Q'],
    ];

    /// <summary>Damages a file; returns another array.</summary>
    public static byte[] Mutate(byte[] file, Random random)
    {
        byte[] result = [.. file];
        for (int changes = random.Next(1, 4); changes > 0 && result.Length > 8; changes--)
        {
            result = random.Next(3) == 0 ? MutateZip(result, random) : MutatePickle(result, random);
        }

        return result;
    }

    /// <summary>Somewhere in what looks like the pickle: between its PROTO and the storages.</summary>
    private static byte[] MutatePickle(byte[] file, Random random)
    {
        int start = Math.Max(file.AsSpan().IndexOf([(byte)0x80, (byte)2]), 0);
        int at = start + random.Next(Math.Min(file.Length - start, 3000));
        switch (random.Next(7))
        {
            case 0:
                file[at] = Opcodes[random.Next(Opcodes.Length)];
                return file;
            case 1:
                // A number after BININT1 or BININT2: sizes, strides, offsets, counts.
                return ReplaceArgument(file, start, random);
            case 2:
                return Splice(file, at, Fragments[random.Next(Fragments.Length)], random.Next(2) == 0, random);
            case 3:
                int opcode = Opcodes[random.Next(Opcodes.Length)];
                return [.. file.AsSpan(0, at), (byte)opcode, .. file.AsSpan(at)];
            case 4:
                int count = Math.Min(random.Next(1, 12), file.Length - at);
                return [.. file.AsSpan(0, at), .. file.AsSpan(at + count)];
            case 5:
                int length = Math.Min(random.Next(1, 200), file.Length - at);
                return [.. file.AsSpan(0, at + length), .. file.AsSpan(at, length), .. file.AsSpan(at + length)];
            default:
                if (at + 4 <= file.Length)
                {
                    BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(at), unchecked((uint)Extremes.Number(random, file[at])));
                }

                return file;
        }
    }

    private static byte[] ReplaceArgument(byte[] file, int start, Random random)
    {
        for (int tries = 0; tries < 50; tries++)
        {
            int at = start + random.Next(Math.Min(file.Length - start, 3000));
            if (file[at] == (byte)'K' && at + 1 < file.Length)
            {
                if (random.Next(2) == 0)
                {
                    file[at + 1] = (byte)Extremes.Number(random, file[at + 1]);
                    return file;
                }

                var number = new byte[8];
                BinaryPrimitives.WriteInt64LittleEndian(number, Extremes.Number(random, file[at + 1]) << random.Next(40));
                return [.. file.AsSpan(0, at), 0x8A, 8, .. number, .. file.AsSpan(at + 2)];
            }
        }

        return file;
    }

    /// <summary>A field of a local header, of the directory, or of the end record.</summary>
    private static byte[] MutateZip(byte[] file, Random random)
    {
        uint signature = random.Next(3) switch { 0 => 0x04034B50, 1 => 0x02014B50, _ => 0x06054B50 };
        var places = new List<int>();
        for (int i = 0; i + 30 <= file.Length || (signature == 0x06054B50 && i + 22 <= file.Length); i++)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(i)) == signature)
            {
                places.Add(i);
            }
        }

        if (places.Count == 0)
        {
            return MutatePickle(file, random);
        }

        int record = places[random.Next(places.Count)];
        int field = record + (2 * random.Next(signature == 0x02014B50 ? 23 : signature == 0x04034B50 ? 15 : 11));
        if (field + 4 > file.Length)
        {
            return file;
        }

        if (random.Next(2) == 0)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(field), unchecked((ushort)Extremes.Number(random, BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(field)))));
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(field), unchecked((uint)Extremes.Number(random, BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(field)))));
        }

        return file;
    }

    private static byte[] Splice(byte[] file, int at, byte[] fragment, bool inserts, Random random)
    {
        int taken = inserts ? 0 : Math.Min(fragment.Length + random.Next(-2, 3), file.Length - at);
        return [.. file.AsSpan(0, at), .. fragment, .. file.AsSpan(at + Math.Max(taken, 0))];
    }
}
