using GoNoGo.Testing;
using GoNoGo.Testing.SyntheticData;
using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Png;
using Xunit;

namespace GoNoGo.Vision.Tests.Imaging;

[Collection(VectorWidthCollection.Name)]
public class PngRoundTripTests
{
    [Fact]
    public void Every_form_is_read_at_every_small_width()
    {
        var random = new Random(1);
        ProcessSettings.ForEachWidth(_ =>
        {
            foreach ((int color, int depth) in PngFile.AllForms)
            {
                for (int width = 1; width <= 40; width += width < 20 ? 1 : 3)
                {
                    Check(PngFile.Random(random, color, depth, width, random.Next(1, 12), interlaced: width % 2 == 0));
                    Check(PngFile.Random(random, color, depth, width, random.Next(1, 12), interlaced: false));
                }
            }
        });
    }

    [Fact]
    public void Larger_pictures_cross_the_blocks()
    {
        var random = new Random(2);
        foreach ((int color, int depth) in PngFile.AllForms)
        {
            Check(PngFile.Random(random, color, depth, 301, 157, interlaced: random.Next(2) == 0));
        }

        Check(PngFile.Random(random, 2, 8, 70_000, 2, interlaced: false));
        Check(PngFile.Random(random, 2, 16, 1, 5_000, interlaced: true));
    }

    [Fact]
    public void What_the_encoder_writes_the_decoder_reads()
    {
        var random = new Random(3);
        ProcessSettings.ForEachWidth(_ =>
        {
            for (int round = 0; round < 60; round++)
            {
                Image image = RandomImage(random);
                byte[] file = PngEncoder.Encode(image);
                using Image back = ImageDecoder.Decode(file);
                Assert.Equal((image.Width, image.Height, image.Channels, image.BitDepth), (back.Width, back.Height, back.Channels, back.BitDepth));
                Assert.Equal(image.Samples8, back.Samples8);
                Assert.Equal(image.Samples16, back.Samples16);
                using Image streamed = ImageDecoder.Decode(new MemoryStream(file));
                Assert.Equal(image.Samples8, streamed.Samples8);
            }
        });
    }

    [Fact]
    public void Encoding_gives_the_same_bytes_at_every_vector_width_and_is_smaller_than_raw()
    {
        var samples = new byte[200 * 150 * 3];
        for (int i = 0; i < samples.Length; i++)
        {
            samples[i] = (byte)((i % 600 / 3) + (i / 600) + (i * 7919 % 5));
        }

        var image = new Image(200, 150, 3, samples);
        byte[] first = PngEncoder.Encode(image);
        ProcessSettings.ForEachWidth(_ => Assert.Equal(first, PngEncoder.Encode(image)));
        Assert.True(first.Length < samples.Length / 2, $"{first.Length} bytes");
    }

    [Fact]
    public void Check_values_are_those_of_the_standard()
    {
        Assert.Equal(0xCBF43926u, Crc32.Of("123456789"u8));
        var data = new byte[1000];
        new Random(4).NextBytes(data);
        for (int length = 0; length < 40; length++)
        {
            Assert.Equal(PngFile.Crc(data.AsSpan(length, length)), Crc32.Of(data.AsSpan(length, length)));
        }

        Assert.Equal(PngFile.Crc(data), Crc32.Of(data));
    }

    internal static Image RandomImage(Random random)
    {
        int width = random.Next(1, 70);
        int height = random.Next(1, 30);
        int channels = new[] { 1, 3, 4 }[random.Next(3)];
        var bytes = new byte[width * height * channels * 2];
        random.NextBytes(bytes);
        return random.Next(2) == 0
            ? new Image(width, height, channels, bytes[..(bytes.Length / 2)])
            : new Image(width, height, channels, System.Runtime.InteropServices.MemoryMarshal.Cast<byte, ushort>(bytes).ToArray());
    }

    private static void Check(PngFile file)
    {
        byte[] content = file.Write();
        using Image image = ImageDecoder.Decode(content);
        (int channels, int[] expected) = file.Expected();
        string form = $"colour {file.Color}, {file.Depth} bits, {file.Width} x {file.Height}, interlaced {file.Interlaced}";
        Assert.True((image.Width, image.Height, image.Channels, image.BitDepth) == (file.Width, file.Height, channels, file.Depth == 16 ? 16 : 8), form);
        Assert.Equal(new ImageInfo(ImageKind.Png, image.Width, image.Height, channels, image.BitDepth), ImageDecoder.Identify(content));
        for (int i = 0; i < expected.Length; i++)
        {
            int actual = image.Samples8 is { } samples8 ? samples8[i] : image.Samples16![i];
            Assert.True(expected[i] == actual, $"{form}: sample {i} is {actual}, expected {expected[i]}");
        }
    }
}
