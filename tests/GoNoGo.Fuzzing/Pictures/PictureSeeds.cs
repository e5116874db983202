using System.Reflection;
using System.Text;
using GoNoGo.Testing;
using GoNoGo.Testing.SyntheticData;
using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Png;

namespace GoNoGo.Fuzzing.Pictures;

/// <summary>
/// Small pictures of every form of a format: written by test-side writers, from <c>tests/goldens/images</c> (inside this assembly), and
/// from the reference data beside the repository where they are there.
/// </summary>
internal static class PictureSeeds
{
    /// <summary>Large files would only slow a run down.</summary>
    private const int LargestSeed = 8192;

    public static IReadOnlyList<byte[]> Png()
    {
        var random = new Random(1);
        var seeds = new List<byte[]>();
        foreach ((int color, int depth) in PngFile.AllForms)
        {
            foreach (bool interlaced in new[] { true, false })
            {
                seeds.Add(PngFile.Random(random, color, depth, random.Next(1, 40), random.Next(1, 30), interlaced).Write());
            }
        }

        byte[] samples = new byte[11 * 7 * 3];
        random.NextBytes(samples);
        byte[] plain = PngEncoder.Encode(new Image(11, 7, 3, samples));
        seeds.Add(plain);
        // Signature and IHDR take 33 bytes.
        seeds.Add([.. plain[..33], .. PngFile.Chunk("eXIf", PngFile.ExifOrientation(6)), .. plain[33..]]);
        return [.. seeds, .. Shared(".png")];
    }

    public static IReadOnlyList<byte[]> Bmp()
    {
        var random = new Random(1);
        var seeds = new List<byte[]>();
        byte[] palette = new byte[1024];
        random.NextBytes(palette);
        foreach (int bits in new[] { 1, 4, 8, 16, 24, 32 })
        {
            byte[][] rows = [.. Enumerable.Range(0, 9).Select(_ => Bytes(random, ((bits * 13) + 7) / 8))];
            seeds.Add(BmpFile.Write(13, 9, bits, random.Next(2) == 0, bits <= 8 ? palette[..(4 << bits)] : [], rows));
        }

        seeds.Add(BmpFile.Write(1, 2, 16, false, [], [[1, 2], [3, 4]], [0xF800, 0x07E0, 0x001F]));
        seeds.Add(BmpFile.Write(2, 1, 32, false, [], [[1, 2, 3, 4, 5, 6, 7, 8]], [0xFF0000, 0xFF00, 0xFF, 0xFF000000]));
        seeds.Add(BmpFile.WriteRaw(6, -3, 8, 1, palette, [3, 7, 0, 3, 1, 2, 3, 0, 0, 0, 0, 2, 2, 1, 2, 9, 0, 1]));
        seeds.Add(BmpFile.WriteRaw(5, 2, 8, 1, palette, [5, 7, 0, 0, 2, 1, 3, 9, 0, 1]));
        seeds.Add(BmpFile.WriteRaw(5, -2, 4, 2, palette[..64], [5, 0x12, 0, 0, 0, 3, 0x34, 0x50, 2, 0x67, 0, 1]));
        // The header of OS/2: 12 bytes, sizes of 16 bits, colours of 3 bytes.
        seeds.Add([(byte)'B', (byte)'M', 40, 0, 0, 0, 0, 0, 0, 0, 32, 0, 0, 0, 12, 0, 0, 0, 3, 0, 2, 0, 1, 0, 1, 0, 10, 20, 30, 40, 50, 60, 0x40, 0, 0, 0, 0xA0, 0, 0, 0]);
        return [.. seeds, .. Shared(".bmp")];
    }

    public static IReadOnlyList<byte[]> Pnm() =>
    [
        .. new[]
        {
            "P1 3 2 010 101", "P2 3 2 255 0 1 2 253 254 255", "P2\n# a comment\n2 1\n65535\n0 65535\n", "P3 1 2 255 1 2 3 4 5 6", "P4 10 2 \u0055\u0080\u00AA\u0040", "P5 2 1 255 ab",
            "P5 2 1 1000 abcd", "P6 1 1 65535 abcdef", "P6\n2 2\n200\nabcdefghijkl",
        }.Select(Encoding.Latin1.GetBytes),
    ];

    public static IReadOnlyList<byte[]> Jpeg() => [.. Embedded(".jpg"), .. Shared(".jpg")];

    public static IReadOnlyList<byte[]> Tiff() => [.. Embedded(".tif"), .. Shared(".tif")];

    private static IEnumerable<byte[]> Embedded(string extension)
    {
        Assembly assembly = typeof(PictureSeeds).Assembly;
        foreach (string name in assembly.GetManifestResourceNames().Where(name => name.EndsWith(extension, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using Stream stream = assembly.GetManifestResourceStream(name)!;
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            yield return content;
        }
    }

    private static IEnumerable<byte[]> Shared(string extension)
    {
        string folder = Path.Combine(SharedFolder.Root, "golden", "images");
        return Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "*" + extension).Order(StringComparer.Ordinal).Select(File.ReadAllBytes).Where(file => file.Length is > 0 and <= LargestSeed)
            : [];
    }

    private static byte[] Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
