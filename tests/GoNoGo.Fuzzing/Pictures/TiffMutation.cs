using System.Buffers.Binary;
using System.IO.Compression;
using GoNoGo.Testing.SyntheticData;

namespace GoNoGo.Fuzzing.Pictures;

/// <summary>
/// Mutations that know what a TIFF is made of: byte order, directories, entries with their types, counts and values, strips and tiles.
/// A changed directory is appended, and the header points to it.
/// </summary>
internal static class TiffMutation
{
    private const int Order = 0;
    private static readonly int[] Tags =
        [254, 256, 257, 258, 259, 262, 266, 273, 274, 277, 278, 279, 284, 297, 317, 320, 322, 323, 324, 325, 330, 338, 339, 347, 530, 532, 34675];

    private static readonly int[] Compressions = [0, 1, 2, 3, 4, 5, 6, 7, 8, 32773, 32946, 34712, 50000, 50001];
    private static readonly int[] TypeSizes = [1, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 1, 1, 8, 8, 8];

    public static byte[] Mutate(byte[] file, Random random)
    {
        if (file.Length < 14 || file[0] != file[1] || file[0] is not ((byte)'I' or (byte)'M') || Read16(file, 2) != 42)
        {
            return ByteMutation.Mutate(file, [file], random);
        }

        List<Entry>? entries = Directory(file, out uint next);
        if (entries is null || entries.Count == 0)
        {
            return ByteMutation.Mutate(file, [file], random);
        }

        int at = random.Next(entries.Count);
        Entry entry = entries[at];
        switch (random.Next(16))
        {
            case 0:
                entries[at] = entry with { Tag = (ushort)Tags[random.Next(Tags.Length)] };
                break;
            case 1:
                entries[at] = entry with { Type = (ushort)(random.Next(4) == 0 ? random.Next(65536) : random.Next(19)) };
                break;
            case 2:
                entries[at] = entry with { Count = (uint)Extremes.Number(random, entry.Count) };
                break;
            case 3:
                entries.RemoveAt(at);
                break;
            case 4:
                entries.Insert(random.Next(entries.Count + 1), entry);
                break;
            case 5:
                return Header(file, random);
            case 6:
                next = random.Next(3) switch { 0 => Read32(file, 4), 1 => (uint)random.Next(2 * file.Length), _ => uint.MaxValue };
                break;
            case 7 or 8:
                return Append(ChangeBlock(file, entries, random), entries, next, random);
            default:
                file = ChangeValue(file, entries, random);
                break;
        }

        return Append(file, entries, next, random);
    }

    /// <summary>Another first directory, another magic number, another byte order in name or in truth.</summary>
    private static byte[] Header(byte[] file, Random random)
    {
        byte[] copy = [.. file];
        switch (random.Next(4))
        {
            case 0:
                copy.AsSpan(0, 2).Fill(copy[Order] == 'I' ? (byte)'M' : (byte)'I');
                break;
            case 1:
                Write16(copy, 2, 43);
                break;
            case 2:
                // The number of entries.
                int directory = (int)Math.Min(Read32(copy, 4), (uint)copy.Length - 2);
                Write16(copy, directory, (ushort)Extremes.Number(random, Read16(copy, directory)));
                break;
            default:
                Write32(copy, 4, (uint)(random.Next(2) == 0 ? random.Next(copy.Length + 20) : Extremes.Number(random, Read32(copy, 4))));
                break;
        }

        return copy;
    }

    /// <summary>Gives a field a value that it may have in another picture, or one that it never may.</summary>
    private static byte[] ChangeValue(byte[] file, List<Entry> entries, Random random)
    {
        int at = random.Next(entries.Count);
        Entry entry = entries[at];
        byte[] copy = [.. file];
        int size = entry.Type < TypeSizes.Length ? TypeSizes[entry.Type] : 1;
        if ((long)size * entry.Count > 4 && random.Next(3) > 0)
        {
            // One of the values that stand elsewhere.
            long place = entry.Value + ((long)size * random.Next((int)Math.Min(entry.Count, 1000)));
            if (size == 2 && place + 2 <= copy.Length)
            {
                Write16(copy, (int)place, (ushort)Value(entry.Tag, Read16(copy, (int)place), copy.Length, random));
            }
            else if (size == 4 && place + 4 <= copy.Length)
            {
                Write32(copy, (int)place, (uint)Value(entry.Tag, Read32(copy, (int)place), copy.Length, random));
            }

            return copy;
        }

        bool word = entry.Type == 3 && entry.Count == 1;
        bool big = file[Order] == 'M';
        long old = word && big ? entry.Value >> 16 : entry.Value;
        uint value = (uint)Value(entry.Tag, old, copy.Length, random);
        entries[at] = entry with { Value = word && big ? value << 16 : value };
        return copy;
    }

    private static long Value(int tag, long old, int length, Random random)
    {
        if (random.Next(4) == 0)
        {
            return Extremes.Number(random, old);
        }

        return tag switch
        {
            256 or 257 or 278 or 322 or 323 => random.Next(2) == 0 ? random.Next(1, 100) : Extremes.Size(random),
            258 => new[] { 0, 1, 2, 4, 6, 8, 10, 12, 16, 24, 32, 64 }[random.Next(12)],
            259 => Compressions[random.Next(Compressions.Length)],
            262 => random.Next(11),
            266 or 284 => random.Next(4),
            273 or 324 => random.Next(2) == 0 ? random.Next(length + 2) : Extremes.Number(random, old),
            277 => random.Next(7),
            279 or 325 => random.Next(3) switch { 0 => old + random.Next(-20, 20), 1 => random.Next(2 * length), _ => Extremes.Number(random, old) },
            317 => random.Next(5),
            338 or 339 => random.Next(7),
            _ => random.Next(2) == 0 ? random.Next(20) : Extremes.Number(random, old),
        };
    }

    /// <summary>Other pixels: some bytes, or a whole block that inflates to something else, appended and pointed to.</summary>
    private static byte[] ChangeBlock(byte[] file, List<Entry> entries, Random random)
    {
        int offsets = entries.FindIndex(entry => entry.Tag is 273 or 324);
        int counts = entries.FindIndex(entry => entry.Tag is 279 or 325);
        if (offsets < 0 || counts < 0 || entries[offsets].Count != 1 || entries[counts].Count != 1 || file[Order] == 'M')
        {
            return ByteMutation.Mutate(file, [file], random);
        }

        long from = entries[offsets].Value;
        long length = Math.Min(entries[counts].Value, file.Length - from);
        if (from >= file.Length || length <= 0)
        {
            return file;
        }

        byte[] block = file[(int)from..(int)(from + length)];
        byte[] raw = Inflate(block);
        if (raw.Length > 0 && random.Next(3) > 0)
        {
            raw = random.Next(3) switch { 0 => raw[..random.Next(raw.Length)], 1 => [.. raw, .. new byte[random.Next(200_000)]], _ => ByteMutation.Mutate(raw, [raw], random) };
            block = PngFile.Compress(raw);
        }
        else if (random.Next(3) == 0)
        {
            block = [.. block, .. Enumerable.Repeat((byte)random.Next(256), random.Next(2000))];
        }
        else
        {
            block = ByteMutation.Mutate(block, [block], random);
        }

        entries[offsets] = entries[offsets] with { Type = 4, Value = (uint)file.Length };
        entries[counts] = entries[counts] with { Type = 4, Value = (uint)block.Length };
        return [.. file, .. block];
    }

    private static byte[] Inflate(byte[] block)
    {
        try
        {
            using var compressed = new ZLibStream(new MemoryStream(block), CompressionMode.Decompress);
            var raw = new byte[1 << 14];
            return raw[..compressed.ReadAtLeast(raw, raw.Length, throwOnEndOfStream: false)];
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            return [];
        }
    }

    private static List<Entry>? Directory(byte[] file, out uint next)
    {
        next = 0;
        uint at = Read32(file, 4);
        if (at > file.Length - 2)
        {
            return null;
        }

        int count = Read16(file, (int)at);
        if (at + 2 + (12L * count) > file.Length)
        {
            return null;
        }

        var entries = new List<Entry>(count);
        for (int i = 0; i < count; i++)
        {
            int place = (int)at + 2 + (12 * i);
            entries.Add(new Entry(Read16(file, place), Read16(file, place + 2), Read32(file, place + 4), Read32(file, place + 8)));
        }

        int end = (int)at + 2 + (12 * count);
        next = end + 4 <= file.Length ? Read32(file, end) : 0;
        return entries;
    }

    private static byte[] Append(byte[] file, List<Entry> entries, uint next, Random random)
    {
        if (random.Next(8) != 0)
        {
            entries.Sort((a, b) => a.Tag.CompareTo(b.Tag));
        }

        int at = file.Length + (file.Length % 2);
        byte[] result = [.. file, .. new byte[at - file.Length + 2 + (12 * entries.Count) + 4]];
        Write16(result, at, (ushort)entries.Count);
        for (int i = 0; i < entries.Count; i++)
        {
            int place = at + 2 + (12 * i);
            Write16(result, place, entries[i].Tag);
            Write16(result, place + 2, entries[i].Type);
            Write32(result, place + 4, entries[i].Count);
            Write32(result, place + 8, entries[i].Value);
        }

        Write32(result, at + 2 + (12 * entries.Count), next);
        Write32(result, 4, (uint)at);
        return result;
    }

    private static ushort Read16(byte[] file, int at) => file[Order] == 'I'
        ? BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(at))
        : BinaryPrimitives.ReadUInt16BigEndian(file.AsSpan(at));

    private static uint Read32(byte[] file, int at) => file[Order] == 'I'
        ? BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at))
        : BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at));

    private static void Write16(byte[] file, int at, ushort value)
    {
        if (file[Order] == 'I')
        {
            BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(at), value);
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(at), value);
        }
    }

    private static void Write32(byte[] file, int at, uint value)
    {
        if (file[Order] == 'I')
        {
            BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(at), value);
        }
        else
        {
            BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(at), value);
        }
    }

    /// <summary>A field: its value, or where its values stand.</summary>
    private readonly record struct Entry(ushort Tag, ushort Type, uint Count, uint Value);
}
