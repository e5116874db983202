using System.Diagnostics;
using System.Globalization;
using System.Text;
using GoNoGo.Testing;
using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Png;
using GoNoGo.Vision.Tests.Imaging.Files;
using Xunit;

namespace GoNoGo.Vision.Tests.Imaging.Fuzzing;

/// <summary>
/// Damaged pictures, half of them damaged with knowledge of the format. Nothing may happen but a decoded picture or an
/// <see cref="ImageFormatException"/>, in little time and memory.
/// </summary>
/// <remarks>
/// A longer run: <c>GONOGO_FUZZ_CASES=1000000 GONOGO_FUZZ_SEED=7 dotnet run -c Release --project tests/GoNoGo.Vision.Tests -- -class "*DecoderFuzzTests"</c>.
/// A failing case is written to the temporary folder, and its name is in the message.
/// </remarks>
[Collection(VectorWidthCollection.Name)]
public class DecoderFuzzTests
{
    private const int DefaultCases = 10_000;
    private const long FixedBytes = 16L << 20;

    [Fact]
    public void Damaged_pictures_are_decoded_or_refused_in_little_time_and_memory()
    {
        int cases = Setting("GONOGO_FUZZ_CASES", DefaultCases);
        int seed = Setting("GONOGO_FUZZ_SEED", 1);
        var random = new Random(seed);
        List<byte[]> seeds = Seeds(random);
        int decoded = 0;
        for (int index = 0; index < cases; index++)
        {
            byte[] file = seeds[random.Next(seeds.Count)];
            bool structural = index % 2 == 0;
            for (int round = random.Next(1, 3); round > 0; round--)
            {
                file = structural ? Structural(file, random) : OtherMutations.Blind(file, random);
            }

            decoded += Try(file, $"case {index} of seed {seed}") ? 1 : 0;
        }

        // Neither all intact nor all refused at the first byte: the mutations reach the decoders.
        Assert.InRange(decoded, cases / 100, cases * 9 / 10);
    }

    private static bool Try(byte[] file, string name)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        var watch = Stopwatch.StartNew();
        long size = file.Length;
        bool success = false;
        try
        {
            using Image image = ImageDecoder.Decode(file);
            success = true;
            size = Math.Max(size, (long)image.Width * image.Height * image.Channels * (image.BitDepth / 8));
        }
        catch (ImageFormatException exception)
        {
            Assert.EndsWith(".", exception.Message);
            if (exception.Message.Contains("filter type", StringComparison.Ordinal) || exception.Message.Contains("has palette colour", StringComparison.Ordinal))
            {
                // Refused for what the pixels say, after the data proved to be all there: the picture's memory was due.
                size = Math.Max(size, ImageDecoder.Identify(file).DecodedBytes);
            }
        }
        catch (Exception exception)
        {
            Fail(file, $"{name}: {exception}");
        }

        watch.Stop();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        if (allocated > (4 * size) + FixedBytes)
        {
            Fail(file, $"{name}: {allocated} bytes allocated for a file of {file.Length}, decoded {success}");
        }

        if (watch.Elapsed > TimeSpan.FromSeconds(2))
        {
            // Once more, by processor time: on a busy machine the clock on the wall says little.
            TimeSpan start = Environment.CpuUsage.TotalTime;
            try
            {
                using Image image = ImageDecoder.Decode(file);
            }
            catch (ImageFormatException)
            {
                // Refused, as the first time.
            }

            TimeSpan spent = Environment.CpuUsage.TotalTime - start;
            if (spent > TimeSpan.FromSeconds(2))
            {
                Fail(file, $"{name}: {watch.Elapsed}, {spent} of processor time");
            }
        }

        try
        {
            _ = ImageDecoder.Identify(file);
        }
        catch (ImageFormatException exception)
        {
            if (success)
            {
                Fail(file, $"{name}: decoded, but not identified: {exception.Message}");
            }
        }

        return success;
    }

    private static void Fail(byte[] file, string message)
    {
        string path = Path.Combine(Path.GetTempPath(), $"gonogo-fuzz-{Guid.NewGuid():N}.bin");
        File.WriteAllBytes(path, file);
        Assert.Fail($"{message} ({path})");
    }

    private static byte[] Structural(byte[] file, Random random) => file switch
    {
        [(byte)'B', (byte)'M', ..] => OtherMutations.Bmp(file, random),
        [(byte)'P', ..] => OtherMutations.Pnm(file, random),
        [0x89, ..] => PngMutation.Mutate(file, random),
        _ => OtherMutations.Blind(file, random),
    };

    private static List<byte[]> Seeds(Random random)
    {
        var seeds = new List<byte[]>();
        foreach ((int color, int depth) in PngFile.AllForms)
        {
            seeds.Add(PngFile.Random(random, color, depth, random.Next(1, 40), random.Next(1, 30), interlaced: true).Write());
            seeds.Add(PngFile.Random(random, color, depth, random.Next(1, 40), random.Next(1, 30), interlaced: false).Write());
        }

        seeds.Add(PngEncoder.Encode(PngRoundTripTests.RandomImage(random)));
        byte[] palette = new byte[1024];
        random.NextBytes(palette);
        foreach (int bits in new[] { 1, 4, 8, 16, 24, 32 })
        {
            byte[][] rows = [.. Enumerable.Range(0, 9).Select(_ => { var row = new byte[((bits * 13) + 7) / 8]; random.NextBytes(row); return row; })];
            seeds.Add(BmpFile.Write(13, 9, bits, random.Next(2) == 0, bits <= 8 ? palette[..(4 << bits)] : [], rows));
        }

        seeds.Add(BmpFile.Write(1, 2, 16, false, [], [[1, 2], [3, 4]], [0xF800, 0x07E0, 0x001F]));
        seeds.Add(BmpFile.WriteRaw(6, -3, 8, 1, palette, [3, 7, 0, 3, 1, 2, 3, 0, 0, 0, 0, 2, 2, 1, 2, 9, 0, 1]));
        seeds.Add(BmpFile.WriteRaw(5, -2, 4, 2, palette[..64], [5, 0x12, 0, 0, 0, 3, 0x34, 0x50, 2, 0x67, 0, 1]));
        foreach (string text in new[]
        {
            "P1 3 2 010 101", "P2 3 2 255 0 1 2 253 254 255", "P3 1 2 255 1 2 3 4 5 6", "P4 10 2 \u0055\u0080\u00AA\u0040", "P5 2 1 255 ab", "P6 1 1 65535 abcdef",
        })
        {
            seeds.Add(Encoding.Latin1.GetBytes(text));
        }

        string goldens = Path.Combine(SharedFolder.Root, "golden", "images");
        if (Directory.Exists(goldens))
        {
            seeds.AddRange(Directory.EnumerateFiles(goldens).Order(StringComparer.Ordinal).Select(File.ReadAllBytes));
        }

        return seeds;
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int value) ? value : otherwise;
}
