using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace GoNoGo.Testing.SyntheticData;

/// <summary>
/// A plain PNG writer for tests: every colour type, depth, filter and interlacing, written from the standard without a look at
/// the decoder. Samples are in file form, <c>[Height, Width, samples a pixel]</c>.
/// </summary>
public sealed record PngFile
{
    public required int Width { get; init; }

    public required int Height { get; init; }

    public required int Depth { get; init; }

    public required int Color { get; init; }

    public bool Interlaced { get; init; }

    public required ushort[] Samples { get; init; }

    /// <summary>RGB triples of a palette picture.</summary>
    public byte[] Palette { get; init; } = [];

    /// <summary>Alpha of the first palette colours.</summary>
    public byte[] Transparency { get; init; } = [];

    /// <summary>The filter of a row of a pass; default: all in turn.</summary>
    public Func<int, int> Filter { get; init; } = row => row % 5;

    public int ChunkBytes { get; init; } = 100;

    public static readonly (int Color, int Depth)[] AllForms =
    [
        (0, 1), (0, 2), (0, 4), (0, 8), (0, 16), (2, 8), (2, 16), (3, 1), (3, 2), (3, 4), (3, 8), (4, 8), (4, 16), (6, 8), (6, 16),
    ];

    private static readonly uint[] CrcOfByte = [.. Enumerable.Range(0, 256).Select(value =>
    {
        uint state = (uint)value;
        for (int bit = 0; bit < 8; bit++)
        {
            state = (state & 1) != 0 ? (state >> 1) ^ 0xEDB88320 : state >> 1;
        }

        return state;
    })];

    /// <summary>The content of an eXIf chunk that says how the picture is to be turned: an orientation alone, high byte first.</summary>
    public static byte[] ExifOrientation(byte orientation) =>
        [.. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0];

    private int SamplesPerPixel => Color switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };

    public static PngFile Random(Random random, int color, int depth, int width, int height, bool interlaced)
    {
        int perPixel = color switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };
        var palette = new byte[3 * random.Next(1, (1 << Math.Min(depth, 8)) + 1)];
        random.NextBytes(palette);
        int top = color == 3 ? palette.Length / 3 : 1 << depth;
        var samples = new ushort[width * height * perPixel];
        int roughness = random.Next(1, top + 1);
        for (int i = 0; i < samples.Length; i++)
        {
            int before = i >= perPixel ? samples[i - perPixel] : 0;
            samples[i] = (ushort)((before + random.Next(roughness)) % top);
        }

        var transparency = new byte[color == 3 && random.Next(2) == 0 ? random.Next(palette.Length / 3 + 1) : 0];
        random.NextBytes(transparency);
        int fixedFilter = random.Next(10);
        return new PngFile
        {
            Width = width,
            Height = height,
            Depth = depth,
            Color = color,
            Interlaced = interlaced,
            Samples = samples,
            Palette = color == 3 ? palette : [],
            Transparency = transparency,
            Filter = fixedFilter < 5 ? _ => fixedFilter : row => (row * 7 + fixedFilter) % 5,
            ChunkBytes = random.Next(1, 2000),
        };
    }

    /// <summary>The picture that a decoder should give: channels and samples (16-bit values as they are).</summary>
    public (int Channels, int[] Samples) Expected()
    {
        bool alpha = Transparency.Any(value => value != 255);
        bool gray = Palette.Length > 0 && Enumerable.Range(0, Palette.Length / 3).All(i => Palette[3 * i] == Palette[3 * i + 1] && Palette[3 * i] == Palette[3 * i + 2]);
        int channels = Color switch { 0 => 1, 2 => 3, 3 => alpha ? 4 : gray ? 1 : 3, _ => 4 };
        var result = new List<int>();
        for (int pixel = 0; pixel < Width * Height; pixel++)
        {
            int value = Samples[pixel * SamplesPerPixel];
            switch (Color)
            {
                case 3:
                    int[] rgba = [Palette[3 * value], Palette[3 * value + 1], Palette[3 * value + 2], value < Transparency.Length ? Transparency[value] : 255];
                    result.AddRange(rgba.Take(channels));
                    break;
                case 4:
                    result.AddRange([value, value, value, Samples[pixel * 2 + 1]]);
                    break;
                default:
                    int scale = Depth < 8 ? 255 / ((1 << Depth) - 1) : 1;
                    result.AddRange(Samples.Skip(pixel * SamplesPerPixel).Take(SamplesPerPixel).Select(sample => sample * scale));
                    break;
            }
        }

        return (channels, [.. result]);
    }

    public byte[] Write()
    {
        using var stream = new MemoryStream();
        stream.Write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, Width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), Height);
        header[8] = (byte)Depth;
        header[9] = (byte)Color;
        header[12] = Interlaced ? (byte)1 : (byte)0;
        stream.Write(Chunk("IHDR", header));
        if (Palette.Length > 0)
        {
            stream.Write(Chunk("PLTE", Palette));
        }

        if (Transparency.Length > 0)
        {
            stream.Write(Chunk("tRNS", Transparency));
        }

        stream.Write(Chunk("tEXt", Encoding.ASCII.GetBytes("Comment\0written for a test")));
        byte[] data = Compress(Raw());
        for (int at = 0; at < data.Length; at += ChunkBytes)
        {
            stream.Write(Chunk("IDAT", data.AsSpan(at, Math.Min(ChunkBytes, data.Length - at))));
        }

        stream.Write(Chunk("IEND", []));
        return stream.ToArray();
    }

    public static byte[] Chunk(string type, ReadOnlySpan<byte> data)
    {
        var chunk = new byte[data.Length + 12];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        Encoding.Latin1.GetBytes(type, chunk.AsSpan(4));
        data.CopyTo(chunk.AsSpan(8));
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(data.Length + 8), Crc(chunk.AsSpan(4, data.Length + 4)));
        return chunk;
    }

    /// <summary>The check value, by a table that is made bit by bit.</summary>
    public static uint Crc(ReadOnlySpan<byte> data)
    {
        uint state = uint.MaxValue;
        foreach (byte value in data)
        {
            state = (state >> 8) ^ CrcOfByte[(byte)(state ^ value)];
        }

        return ~state;
    }

    public static byte[] Compress(byte[] raw)
    {
        using var stream = new MemoryStream();
        using (var compressed = new ZLibStream(stream, CompressionLevel.Fastest, leaveOpen: true))
        {
            compressed.Write(raw);
        }

        return stream.ToArray();
    }

    private byte[] Raw()
    {
        using var stream = new MemoryStream();
        (int X, int Y, int StepX, int StepY)[] passes = Interlaced
            ? [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
            : [(0, 0, 1, 1)];
        foreach ((int firstX, int firstY, int stepX, int stepY) in passes)
        {
            byte[] above = [];
            int row = 0;
            for (int y = firstY; y < Height && firstX < Width; y += stepY)
            {
                byte[] current = Pack(firstX, stepX, y);
                above = above.Length == 0 ? new byte[current.Length] : above;
                int filter = Filter(row++);
                stream.WriteByte((byte)filter);
                stream.Write(Apply(filter, current, above));
                above = current;
            }
        }

        return stream.ToArray();
    }

    private byte[] Pack(int firstX, int stepX, int y)
    {
        var bytes = new List<byte>();
        int used = 0;
        for (int x = firstX; x < Width; x += stepX)
        {
            for (int part = 0; part < SamplesPerPixel; part++)
            {
                int value = Samples[((y * Width + x) * SamplesPerPixel) + part];
                if (Depth == 16)
                {
                    bytes.Add((byte)(value >> 8));
                }

                if (Depth >= 8)
                {
                    bytes.Add((byte)value);
                    continue;
                }

                if (used % 8 == 0)
                {
                    bytes.Add(0);
                }

                bytes[^1] |= (byte)(value << (8 - Depth - (used % 8)));
                used += Depth;
            }
        }

        return [.. bytes];
    }

    private byte[] Apply(int filter, byte[] current, byte[] above)
    {
        int distance = Math.Max(SamplesPerPixel * Depth / 8, 1);
        var result = new byte[current.Length];
        for (int i = 0; i < current.Length; i++)
        {
            int left = i >= distance ? current[i - distance] : 0;
            int corner = i >= distance ? above[i - distance] : 0;
            int up = above[i];
            int estimate = left + up - corner;
            int byLeft = Math.Abs(estimate - left);
            int byUp = Math.Abs(estimate - up);
            int byCorner = Math.Abs(estimate - corner);
            int paeth = byLeft <= byUp && byLeft <= byCorner ? left : byUp <= byCorner ? up : corner;
            int predicted = filter switch { 0 => 0, 1 => left, 2 => up, 3 => (left + up) / 2, _ => paeth };
            result[i] = (byte)(current[i] - predicted);
        }

        return result;
    }
}
