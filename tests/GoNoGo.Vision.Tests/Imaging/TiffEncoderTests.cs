using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Tiff;
using Xunit;

namespace GoNoGo.Vision.Tests.Imaging;

public class TiffEncoderTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 5)]
    [InlineData(301, 150)]
    [InlineData(70_001, 2)]
    public void What_is_written_is_read(int width, int height)
    {
        var random = new Random(width);
        foreach (int channels in new[] { 1, 3, 4 })
        {
            int count = width * height * channels;
            var bytes = new byte[count];
            random.NextBytes(bytes);
            Image[] pictures =
            [
                new(width, height, channels, bytes),
                new(width, height, channels, [.. Enumerable.Range(0, count).Select(_ => (ushort)random.Next(65536))]),
                new(width, height, channels, [.. Enumerable.Range(0, count).Select(i => i == 0 ? float.NaN : (random.NextSingle() - 0.5f) * 1e10f)]),
            ];
            foreach (Image picture in pictures)
            {
                foreach (TiffCompression compression in Enum.GetValues<TiffCompression>())
                {
                    byte[] file = TiffEncoder.Encode(picture, compression);
                    Assert.Equal(new ImageInfo(ImageKind.Tiff, width, height, channels, picture.BitDepth), ImageDecoder.Identify(file));
                    using Image read = ImageDecoder.Decode(file);
                    Assert.Equal(picture.Samples8, read.Samples8);
                    Assert.Equal(picture.Samples16, read.Samples16);
                    Assert.Equal(picture.SamplesFloat, read.SamplesFloat);
                    Assert.Equal(file, TiffEncoder.Encode(read, compression));
                }
            }
        }
    }

    [Fact]
    public void Floats_of_a_smooth_map_become_small()
    {
        float[] map = [.. Enumerable.Range(0, 224 * 224).Select(i => MathF.Exp(-0.001f * (((i % 224) - 90) * ((i % 224) - 90) + ((i / 224) - 60) * ((i / 224) - 60))))];
        using var image = new Image(224, 224, 1, map);
        int plain = TiffEncoder.Encode(image, TiffCompression.None).Length;
        Assert.InRange(plain, 4 * map.Length, (4 * map.Length) + 300);
        Assert.InRange(TiffEncoder.Encode(image).Length, 1, plain * 3 / 4);
    }

    [Fact]
    public void A_file_appears_whole()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".tif");
        try
        {
            using var image = new Image(2, 1, 1, [0.25f, -7]);
            TiffEncoder.Save(image, path);
            using Image read = ImageDecoder.Load(path);
            Assert.Equal([0.25f, -7], read.SamplesFloat!);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
