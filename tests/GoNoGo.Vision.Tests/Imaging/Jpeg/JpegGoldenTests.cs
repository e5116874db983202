using System.Security.Cryptography;
using System.Text.Json;
using GoNoGo.Testing;
using GoNoGo.Vision.Imaging;
using Xunit;

namespace GoNoGo.Vision.Tests.Imaging.Jpeg;

/// <summary>Equality with libjpeg-turbo over samplings, codings, sizes and scales.</summary>
[Collection(VectorWidthCollection.Name)]
public class JpegGoldenTests
{
    [Fact]
    public void Decodes_as_libjpeg_turbo_does_at_every_scale_and_vector_width()
    {
        using JsonDocument goldens = JsonDocument.Parse(File.ReadAllBytes(SharedFolder.Small("jpeg.json")));
        int compared = 0;
        foreach (JsonElement golden in goldens.RootElement.GetProperty("cases").EnumerateArray())
        {
            byte[] file = golden.GetProperty("file").GetBytesFromBase64();
            int width = golden.GetProperty("width").GetInt32();
            int height = golden.GetProperty("height").GetInt32();
            ProcessSettings.ForEachWidth(vectors =>
            {
                for (int power = 0; power < 4; power++)
                {
                    int scale = 1 << power;
                    var options = new ImageDecoderOptions { JpegScale = scale };
                    using Image image = ImageDecoder.Decode(file, options);
                    string name = $"{golden.GetProperty("name")}, 1/{scale}, {vectors}";
                    Assert.True(((width + scale - 1) / scale, (height + scale - 1) / scale) == (image.Width, image.Height), name);
                    Assert.True(golden.GetProperty("channels").GetInt32() == image.Channels, name);
                    Assert.True(golden.GetProperty("sha256")[power].GetString() == Convert.ToHexStringLower(SHA256.HashData(image.Samples8!)), name);
                    Assert.Equal(new ImageInfo(ImageKind.Jpeg, image.Width, image.Height, image.Channels, 8), ImageDecoder.Identify(file, options));
                    compared++;
                }
            });
        }

        Assert.True(compared >= 100, $"only {compared} comparisons");
    }

    [Fact]
    public void Orientation_is_told_and_not_applied()
    {
        string path = SharedFolder.RequireFile("golden/images/jpeg_exif_orientation6.jpg");
        Assert.Equal(6, ImageDecoder.Identify(path).Orientation);
        using Image image = ImageDecoder.Load(path);
        Assert.Equal(6, image.Orientation);
    }

    [Fact]
    public void Photographs_and_tiles_are_decoded()
    {
        string[] files =
        [
            .. Directory.EnumerateFiles(SharedFolder.RequireFolder("data/photos"), "*.JPEG"),
            .. Directory.EnumerateFiles(SharedFolder.RequireFolder("data/magnetic-tile"), "*.jpg", SearchOption.AllDirectories).Take(50),
        ];
        Assert.True(files.Length > 6);
        foreach (string file in files)
        {
            using Image image = ImageDecoder.Load(file);
            ImageInfo info = ImageDecoder.Identify(file);
            Assert.Equal((info.Width, info.Height, info.Channels), (image.Width, image.Height, image.Channels));
            Assert.NotInRange(image.Samples8!.Distinct().Count(), 0, 16);
        }
    }
}
