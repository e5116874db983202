using System.Text.Json;
using GoNoGo.Testing;
using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Resizing;
using Xunit;

namespace GoNoGo.Vision.Tests.Imaging;

[Collection(VectorWidthCollection.Name)]
public class ResizeGoldenTests
{
    [Theory]
    [InlineData("crop_rgb")]
    [InlineData("down_gray")]
    [InlineData("down_rgb")]
    [InlineData("up_rgb")]
    public void Eight_bit_resize_is_Pillows_bit_for_bit(string name)
    {
        (Image source, int width, int height, Goldens goldens) = Open(name);
        ProcessSettings.ForEachWidth(_ =>
        {
            Assert.Equal(goldens.Bytes($"resize/{name}/pil_bilinear"), ImageResize.Resize(source, width, height, ResizeFilter.Bilinear).Samples8);
            Assert.Equal(goldens.Bytes($"resize/{name}/pil_bicubic"), ImageResize.Resize(source, width, height, ResizeFilter.Bicubic).Samples8);
        });
    }

    [Theory]
    [InlineData("crop_rgb")]
    [InlineData("down_gray")]
    [InlineData("down_rgb")]
    [InlineData("up_rgb")]
    public void Float_resize_is_torchs_antialias(string name)
    {
        (Image source, int width, int height, Goldens goldens) = Open(name);
        var result = new float[source.Channels * width * height];
        ProcessSettings.ForEachWidth(_ =>
        {
            foreach ((ResizeFilter filter, string kind) in new[] { (ResizeFilter.Bilinear, "bilinear"), (ResizeFilter.Bicubic, "bicubic") })
            {
                ImageResize.ToFloat(source, width, height, filter, result);
                GoldenTensor golden = goldens[$"resize/{name}/torch_antialias_{kind}"];
                Assert.Equal<int>([source.Channels, height, width], golden.Dimensions);
                AssertClose(golden, result, 1e-5);
            }
        });
    }

    [Fact]
    public void Small_vectors_of_the_facts_sheet_are_met()
    {
        string path = SharedFolder.RequireFile("spec/golden/resize_antialias_bilinear_u8.json");
        using var document = JsonDocument.Parse(File.ReadAllText(path));
        int cases = 0;
        foreach (JsonElement item in document.RootElement.GetProperty("cases").EnumerateArray())
        {
            byte[] input = Flatten(item.GetProperty("input"));
            byte[] output = Flatten(item.GetProperty("output"));
            var source = new Image(item.GetProperty("in_w").GetInt32(), item.GetProperty("in_h").GetInt32(), 1, input);
            Image result = ImageResize.Resize(source, item.GetProperty("out_w").GetInt32(), item.GetProperty("out_h").GetInt32());
            Assert.Equal(output, result.Samples8);
            cases++;
        }

        Assert.True(cases > 1);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("b")]
    public void Masks_follow_all_three_rules(string name)
    {
        var goldens = Goldens.Open("golden/images.safetensors");
        int[] from = goldens.Dimensions($"mask/{name}/source");
        var mask = new Image(from[1], from[0], 1, goldens.Bytes($"mask/{name}/source"));
        var result = new byte[224 * 224];
        foreach ((MaskRule rule, string golden) in new[]
        {
            (MaskRule.Nearest, "pil_nearest"), (MaskRule.NearestFloor, "torch_nearest"), (MaskRule.BilinearNonzero, "vitad_bilinear_nonzero"),
        })
        {
            MaskResize.Run(mask, 224, 224, rule, result);
            byte[] expected = Array.ConvertAll(goldens.Bytes($"mask/{name}/{golden}"), value => value == 0 ? (byte)0 : (byte)1);
            Assert.Contains((byte)1, expected);
            Assert.Equal(expected, result);
            new Preprocessing { Width = 224, Height = 224 }.RunMask(mask, result, rule);
            Assert.Equal(expected, result);
        }
    }

    [Fact]
    public void Pipeline_resizes_scales_and_normalises()
    {
        (Image source, _, _, Goldens goldens) = Open("down_rgb");
        Preprocessing preprocessing = new Preprocessing { Width = 224, Height = 224 }.WithImageNet();
        var result = new float[preprocessing.ValueCount];
        preprocessing.Run(source, result);
        AssertClose(goldens["pipeline/down_rgb"], result, 2e-7);
    }

    [Theory]
    [InlineData("p0", "good/000.png")]
    [InlineData("p1", "broken_large/000.png")]
    public void Real_pictures_become_the_reference_input(string name, string file)
    {
        var goldens = Goldens.Open("golden/real_features.safetensors");
        using Image image = ImageDecoder.Load(SharedFolder.RequireFile($"data/mvtec-384/bottle/test/{file}"));
        Preprocessing preprocessing = new Preprocessing { Width = 224, Height = 224 }.WithImageNet();
        var result = new float[preprocessing.ValueCount];
        preprocessing.Run(image, result);
        AssertClose(goldens[$"{name}/preprocessed"], result, 2e-7);
    }

    private static (Image Source, int Width, int Height, Goldens Goldens) Open(string name)
    {
        var goldens = Goldens.Open("golden/images.safetensors");
        int[] from = goldens.Dimensions($"resize/{name}/source");
        int[] to = goldens.Dimensions($"resize/{name}/pil_bilinear");
        return (new Image(from[1], from[0], from.Length == 2 ? 1 : from[2], goldens.Bytes($"resize/{name}/source")), to[1], to[0], goldens);
    }

    private static byte[] Flatten(JsonElement rows) =>
        [.. rows.EnumerateArray().SelectMany(row => row.EnumerateArray()).Select(value => value.GetByte())];

    private static void AssertClose(GoldenTensor golden, float[] result, double limit)
    {
        float[] sample = golden.Sample(result);
        Assert.Equal(golden.Values.Length, sample.Length);
        double largest = golden.Values.Max(Math.Abs);
        double error = 0;
        for (int i = 0; i < sample.Length; i++)
        {
            error = Math.Max(error, Math.Abs(sample[i] - golden.Values[i]) / largest);
        }

        Assert.True(error <= limit, $"{golden.Name}: {error}");
    }
}
