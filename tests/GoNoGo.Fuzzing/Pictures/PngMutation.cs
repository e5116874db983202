using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using GoNoGo.Testing.SyntheticData;

namespace GoNoGo.Fuzzing.Pictures;

/// <summary>Mutations that know what a PNG is made of: chunks, header fields, palette sizes, the compressed stream.</summary>
internal static class PngMutation
{
    private static readonly string[] Types = ["IHDR", "PLTE", "tRNS", "IDAT", "IEND", "tEXt", "CgBI", "iCCP", "eXIf"];

    public static byte[] Mutate(byte[] file, Random random)
    {
        List<(string Type, byte[] Data)> chunks = Split(file);
        if (chunks.Count == 0)
        {
            return file;
        }

        int at = random.Next(chunks.Count);
        (string type, byte[] data) = chunks[at];
        switch (random.Next(12))
        {
            case 0:
                chunks[at] = (Types[random.Next(Types.Length)], data);
                break;
            case 1:
                chunks.RemoveAt(at);
                break;
            case 2:
                chunks.Insert(random.Next(chunks.Count + 1), chunks[at]);
                break;
            case 3:
                int other = random.Next(chunks.Count);
                (chunks[at], chunks[other]) = (chunks[other], chunks[at]);
                break;
            case 4:
                chunks[at] = (type, data[..random.Next(data.Length + 1)]);
                break;
            case 5 or 6 or 7:
                MutateHeader(chunks, random);
                break;
            case 8:
                MutatePalette(chunks, random);
                break;
            case 9 or 10:
                MutateStream(chunks, random);
                break;
            default:
                byte[] joined = Join(chunks);
                // A wrong length field or check value.
                int field = PositionOf(chunks, at);
                if (random.Next(4) == 0)
                {
                    joined[field + 8 + data.Length] ^= 1;
                    return joined;
                }

                BinaryPrimitives.WriteInt32BigEndian(joined.AsSpan(field), random.Next(4) switch { 0 => int.MaxValue, 1 => -1, 2 => data.Length + 1, _ => random.Next(1 << 20) });
                return joined;
        }

        return Join(chunks);
    }

    private static void MutateHeader(List<(string Type, byte[] Data)> chunks, Random random)
    {
        int at = chunks.FindIndex(chunk => chunk.Type == "IHDR");
        if (at < 0 || chunks[at].Data.Length < 13)
        {
            return;
        }

        byte[] data = [.. chunks[at].Data];
        switch (random.Next(5))
        {
            case 0:
                BinaryPrimitives.WriteInt32BigEndian(data.AsSpan(4 * random.Next(2)), Extremes.Size(random));
                break;
            case 1:
                data[8] = new byte[] { 0, 1, 2, 3, 4, 8, 16, 32 }[random.Next(8)];
                break;
            case 2:
                data[9] = (byte)random.Next(8);
                break;
            case 3:
                data[12] = (byte)random.Next(3);
                break;
            default:
                data[random.Next(13)] = (byte)random.Next(256);
                break;
        }

        chunks[at] = ("IHDR", data);
    }

    private static void MutatePalette(List<(string Type, byte[] Data)> chunks, Random random)
    {
        var data = new byte[random.Next(3) == 0 ? random.Next(1000) : 3 * random.Next(258)];
        random.NextBytes(data);
        int at = chunks.FindIndex(chunk => chunk.Type == "PLTE");
        if (at >= 0)
        {
            chunks[at] = ("PLTE", data);
        }
        else
        {
            chunks.Insert(Math.Min(1, chunks.Count), ("PLTE", data));
        }

        if (random.Next(2) == 0)
        {
            chunks.Insert(Math.Min(2, chunks.Count), ("tRNS", data[..random.Next(data.Length + 1)]));
        }
    }

    /// <summary>Changes what the stream inflates to, or the stream itself, with valid check values of the chunks around it.</summary>
    private static void MutateStream(List<(string Type, byte[] Data)> chunks, Random random)
    {
        int first = chunks.FindIndex(chunk => chunk.Type == "IDAT");
        if (first < 0)
        {
            return;
        }

        byte[] stream = [.. chunks.Where(chunk => chunk.Type == "IDAT").SelectMany(chunk => chunk.Data)];
        chunks.RemoveAll(chunk => chunk.Type == "IDAT");
        if (random.Next(2) == 0)
        {
            for (int i = 0; i < 3 && stream.Length > 0; i++)
            {
                stream[random.Next(stream.Length)] = (byte)random.Next(256);
            }
        }
        else
        {
            byte[] raw = Inflate(stream);
            for (int i = 0; i < 5 && raw.Length > 0; i++)
            {
                raw[random.Next(raw.Length)] = (byte)random.Next(8);
            }

            raw = random.Next(3) switch
            {
                0 => raw[..random.Next(raw.Length + 1)],
                1 => [.. raw, .. new byte[random.Next(100_000)]],
                _ => raw,
            };
            stream = random.Next(4) == 0 ? Stored(raw, random) : PngFile.Compress(raw);
        }

        int piece = random.Next(1, stream.Length + 2);
        for (int at = 0; at < stream.Length; at += piece)
        {
            chunks.Insert(first++, ("IDAT", stream[at..Math.Min(at + piece, stream.Length)]));
        }
    }

    /// <summary>The stream without compression, its block lengths and check value at times wrong.</summary>
    private static byte[] Stored(byte[] raw, Random random)
    {
        using var stream = new MemoryStream();
        stream.Write([0x78, 0x01]);
        for (int at = 0; at <= raw.Length; at += 1000)
        {
            int count = Math.Min(1000, raw.Length - at);
            int said = random.Next(20) == 0 ? random.Next(65536) : count;
            stream.Write([at + 1000 > raw.Length ? (byte)1 : (byte)0, (byte)said, (byte)(said >> 8), (byte)~said, (byte)(~said >> 8)]);
            stream.Write(raw, at, count);
        }

        uint low = 1;
        uint high = 0;
        foreach (byte value in raw)
        {
            low = (low + value) % 65521;
            high = (high + low) % 65521;
        }

        var check = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(check, (high << 16) | (random.Next(4) == 0 ? low ^ 1 : low));
        stream.Write(check);
        return stream.ToArray();
    }

    private static byte[] Inflate(byte[] stream)
    {
        try
        {
            using var compressed = new ZLibStream(new MemoryStream(stream), CompressionMode.Decompress);
            var raw = new byte[1 << 16];
            return raw[..compressed.ReadAtLeast(raw, raw.Length, throwOnEndOfStream: false)];
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            return [];
        }
    }

    private static List<(string Type, byte[] Data)> Split(byte[] file)
    {
        var chunks = new List<(string, byte[])>();
        int at = 8;
        while (at + 12 <= file.Length)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at));
            if (length < 0 || length > file.Length - at - 12)
            {
                break;
            }

            chunks.Add((Encoding.Latin1.GetString(file, at + 4, 4), file[(at + 8)..(at + 8 + length)]));
            at += length + 12;
        }

        return chunks;
    }

    private static byte[] Join(List<(string Type, byte[] Data)> chunks) =>
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, .. chunks.SelectMany(chunk => PngFile.Chunk(chunk.Type, chunk.Data))];

    private static int PositionOf(List<(string Type, byte[] Data)> chunks, int index) => 8 + chunks.Take(index).Sum(chunk => chunk.Data.Length + 12);
}
