using System.Buffers.Binary;
using GoNoGo.Testing;
using GoNoGo.Vision.Imaging;
using Xunit;

namespace GoNoGo.Vision.Tests.Imaging;

[Collection(VectorWidthCollection.Name)]
public class DecodeGoldenTests
{
    private static readonly string[] Kinds = ["png_", "bmp_", "jpeg_", "tiff_"];

    [Fact]
    public void Decodes_every_picture_as_Pillow_does()
    {
        var goldens = Goldens.Open("golden/images.safetensors");
        int compared = 0;
        foreach (string path in Directory.EnumerateFiles(SharedFolder.RequireFolder("golden/images")).Where(IsOurs))
        {
            // JPEG too is compared for equality: Pillow decodes it by libjpeg-turbo, whose arithmetic ours is.
            string name = $"decode/{Path.GetFileName(path)}";
            ProcessSettings.ForEachWidth(width =>
            {
                using Image image = ImageDecoder.Load(path);
                ImageInfo info = ImageDecoder.Identify(path);
                Assert.Equal((image.Width, image.Height, image.Channels, image.BitDepth), (info.Width, info.Height, info.Channels, info.BitDepth));
                if (goldens.Contains($"{name}/rgb"))
                {
                    Assert.Equal([image.Height, image.Width, 3], goldens.Dimensions($"{name}/rgb"));
                    AssertSame(goldens.Bytes($"{name}/rgb"), Rgb(image), $"{name}/rgb, {width}");
                    compared++;
                }

                if (goldens.Contains($"{name}/native"))
                {
                    CompareNative(goldens, $"{name}/native", image);
                    compared++;
                }
            });
        }

        Assert.True(compared > 60, $"only {compared} comparisons");
    }

    [Fact]
    public void Refuses_every_damaged_picture_in_one_sentence_with_little_memory()
    {
        var goldens = Goldens.Open("golden/images.safetensors");
        int refused = 0;
        foreach (var property in goldens.Case("must_fail").EnumerateObject())
        {
            string path = SharedFolder.RequireFile($"golden/images/{property.Name}");
            long before = GC.GetAllocatedBytesForCurrentThread();
            var exception = Assert.Throws<ImageFormatException>(() => ImageDecoder.Load(path));
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.StartsWith(path, exception.Message);
            Assert.EndsWith(".", exception.Message);
            Assert.True(allocated < 4 * new FileInfo(path).Length + (1 << 20), $"{property.Name}: {allocated} bytes");
            refused++;
        }

        Assert.True(refused >= 20, $"only {refused} files");
    }

    [Theory]
    [InlineData("bad_empty.png", "the file is empty")]
    [InlineData("bad_text.png", "begins with the text")]
    public void Names_what_it_cannot_read(string file, string expected)
    {
        string path = SharedFolder.RequireFile($"golden/images/{file}");
        Assert.Contains(expected, Assert.Throws<ImageFormatException>(() => ImageDecoder.Load(path)).Message);
        Assert.Contains(expected, Assert.Throws<ImageFormatException>(() => ImageDecoder.Identify(path)).Message);
    }

    private static bool IsOurs(string path) => Kinds.Any(kind => Path.GetFileName(path).StartsWith(kind, StringComparison.Ordinal));

    private static void CompareNative(Goldens goldens, string name, Image image)
    {
        byte[] stored = goldens.Bytes(name);
        int[] dimensions = goldens.Dimensions(name);
        if (image.BitDepth == 16)
        {
            for (int i = 0; i < image.Samples16!.Length; i++)
            {
                Assert.Equal(BinaryPrimitives.ReadUInt16LittleEndian(stored.AsSpan(2 * i)), image.Samples16[i]);
            }

            return;
        }

        // Pillow's gray with alpha has two channels and its palettes four; ours have as many as needed.
        int channels = dimensions.Length == 2 ? 1 : dimensions[2];
        byte[] samples = image.Samples8!;
        for (int pixel = 0; pixel < image.Width * image.Height; pixel++)
        {
            ReadOnlySpan<byte> ours = samples.AsSpan(pixel * image.Channels, image.Channels);
            byte alpha = ours.Length == 4 ? ours[3] : (byte)255;
            byte[] expected = channels switch
            {
                1 => [ours[0]],
                2 => [ours[0], alpha],
                _ => ours.Length == 1 ? [ours[0], ours[0], ours[0], alpha] : [ours[0], ours[1], ours[2], alpha],
            };
            Assert.Equal(stored.AsSpan(pixel * channels, channels).ToArray(), expected);
        }
    }

    private static byte[] Rgb(Image image)
    {
        var rgb = new byte[image.Width * image.Height * 3];
        for (int pixel = 0; pixel < image.Width * image.Height; pixel++)
        {
            for (int channel = 0; channel < 3; channel++)
            {
                int from = (pixel * image.Channels) + (image.Channels == 1 ? 0 : channel);
                rgb[(3 * pixel) + channel] = image.Samples8 is { } samples ? samples[from] : (byte)(image.Samples16![from] >> 8);
            }
        }

        return rgb;
    }

    private static void AssertSame(byte[] expected, byte[] actual, string name)
    {
        int at = expected.AsSpan().CommonPrefixLength(actual);
        Assert.True(at == expected.Length && at == actual.Length, $"{name}: sample {at} differs");
    }
}
