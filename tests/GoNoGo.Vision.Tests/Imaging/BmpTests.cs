using GoNoGo.Testing;
using GoNoGo.Testing.SyntheticData;
using GoNoGo.Vision.Imaging;
using Xunit;

namespace GoNoGo.Vision.Tests.Imaging;

[Collection(VectorWidthCollection.Name)]
public class BmpTests
{
    private static readonly byte[] RedGreen = [0, 0, 255, 0, 0, 255, 0, 0];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Colours_of_24_and_32_bits_are_read_at_every_small_width(bool topDown)
    {
        var random = new Random(5);
        ProcessSettings.ForEachWidth(_ =>
        {
            for (int width = 1; width < 40; width++)
            {
                foreach (int bytes in new[] { 3, 4 })
                {
                    byte[][] rows = [.. Enumerable.Range(0, 5).Select(_ => { var row = new byte[width * bytes]; random.NextBytes(row); return row; })];
                    using Image image = ImageDecoder.Decode(BmpFile.Write(width, 5, 8 * bytes, topDown, [], rows));
                    Assert.Equal((width, 5, 3, 8), (image.Width, image.Height, image.Channels, image.BitDepth));
                    for (int i = 0; i < width * 5; i++)
                    {
                        byte[] row = rows[i / width];
                        int at = i % width * bytes;
                        Assert.Equal([row[at + 2], row[at + 1], row[at]], image.Samples8!.AsSpan(3 * i, 3).ToArray());
                    }
                }
            }
        });
    }

    [Fact]
    public void Bit_fields_scale_as_shares_of_their_largest_value()
    {
        byte[] Decode(uint[]? masks, params byte[] pixel) => ImageDecoder.Decode(BmpFile.Write(1, 1, 8 * pixel.Length, false, [], [pixel], masks)).Samples8!;

        Assert.Equal([31 * 255 / 31, 10 * 255 / 31, 1 * 255 / 31], Decode(null, 0b010_00001, 0b0_11111_01));
        Assert.Equal([16 * 255 / 31, 33 * 255 / 63, 5 * 255 / 31], Decode([0xF800, 0x07E0, 0x001F], 0b001_00101, 0b10000_100));
        Assert.Equal([1, 2, 3], Decode([0xFF, 0xFF00, 0xFF0000], 1, 2, 3, 99));
        Assert.Equal([255, 0, 127], Decode([0x3FF00000, 0x000FFC00, 0x3FF], 0xFF, 0x01, 0xF0, 0x3F));
    }

    [Fact]
    public void Palettes_of_1_4_and_8_bits_are_read_and_gray_ones_stay_gray()
    {
        using Image two = ImageDecoder.Decode(BmpFile.Write(10, 1, 1, false, RedGreen, [[0b01010011, 0b10_000000]]));
        Assert.Equal(3, two.Channels);
        Assert.Equal([255, 0, 0, 0, 255, 0, 255, 0, 0, 0, 255, 0, 255, 0, 0, 255, 0, 0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 255, 0, 0], two.Samples8!);
        byte[] gray = [.. Enumerable.Range(0, 16).SelectMany(i => new byte[] { (byte)(i * 17), (byte)(i * 17), (byte)(i * 17), 0 })];
        using Image sixteen = ImageDecoder.Decode(BmpFile.Write(3, 2, 4, true, gray, [[0x1F, 0x20], [0x34, 0x50]]));
        Assert.Equal((1, 3), (sixteen.Channels, sixteen.Width));
        Assert.Equal([17, 255, 34, 51, 68, 85], sixteen.Samples8!);
    }

    [Fact]
    public void Run_lengths_are_read_with_literals_skips_and_line_ends()
    {
        byte[] palette = [.. Enumerable.Range(0, 256).SelectMany(i => new byte[] { (byte)i, (byte)i, (byte)i, 0 })];
        byte[] eight = [3, 7, 0, 3, 1, 2, 3, 0, 0, 0, 0, 2, 2, 1, 2, 9, 0, 1];
        using Image image = ImageDecoder.Decode(BmpFile.WriteRaw(6, -3, 8, 1, palette, eight));
        Assert.Equal([7, 7, 7, 1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 9, 9, 0, 0], image.Samples8!);
        byte[] four = [5, 0x12, 0, 0, 0, 3, 0x34, 0x50, 2, 0x67, 0, 1];
        using Image nibbles = ImageDecoder.Decode(BmpFile.WriteRaw(5, -2, 4, 2, palette[..64], four));
        Assert.Equal([1, 2, 1, 2, 1, 3, 4, 5, 6, 7], nibbles.Samples8!);
    }

    [Theory]
    [InlineData("lead outside", new byte[] { 7, 7, 0, 1 })]
    [InlineData("lead outside", new byte[] { 0, 2, 9, 0, 0, 1 })]
    [InlineData("cut off", new byte[] { 3, 7, 3, 7, 0, 0 })]
    [InlineData("cut off", new byte[] { 0, 5, 1, 2 })]
    public void Damaged_run_lengths_are_refused(string expected, byte[] pixels)
    {
        byte[] palette = new byte[1024];
        var exception = Assert.Throws<ImageFormatException>(() => ImageDecoder.Decode(BmpFile.WriteRaw(6, 3, 8, 1, palette, pixels)));
        Assert.Contains(expected, exception.Message);
    }

    [Fact]
    public void A_huge_run_length_picture_in_a_small_file_is_refused_without_memory()
    {
        byte[] palette = new byte[1024];
        byte[] file = BmpFile.WriteRaw(20_000, 20_000, 8, 1, palette, [255, 0, 0, 1]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<ImageFormatException>(() => ImageDecoder.Decode(file));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 100_000);
    }

    [Theory]
    [InlineData(4, "embedded JPEG")]
    [InlineData(5, "embedded PNG")]
    [InlineData(9, "unknown")]
    public void Unsupported_compressions_are_named(int compression, string expected)
    {
        byte[] file = BmpFile.WriteRaw(1, 1, 24, compression, [], [0, 0, 0, 0]);
        Assert.Contains(expected, Assert.Throws<ImageFormatException>(() => ImageDecoder.Decode(file)).Message);
    }

    [Fact]
    public void A_colour_beyond_the_palette_is_refused()
    {
        byte[] file = BmpFile.Write(2, 1, 8, false, RedGreen, [[1, 2]]);
        Assert.Contains("palette colour 2", Assert.Throws<ImageFormatException>(() => ImageDecoder.Decode(file)).Message);
    }
}
