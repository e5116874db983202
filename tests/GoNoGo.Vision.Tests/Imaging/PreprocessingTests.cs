using System.Text.Json;
using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Resizing;
using Xunit;

namespace GoNoGo.Vision.Tests.Imaging;

public class PreprocessingTests
{
    [Fact]
    public void Crop_is_the_centre_of_the_resized_picture()
    {
        var random = new Random(1);
        Image source = ResizeTests.RandomImage(random, 83, 61, 8, 3);
        var crop = new Preprocessing { Width = 51, Height = 51, Framing = Framing.Crop, FrameSize = 55 };
        float[] result = Run(crop, source);
        Image resized = ImageResize.Resize(source, 55, 55);
        for (int y = 0; y < 51; y++)
        {
            for (int x = 0; x < 51; x++)
            {
                for (int c = 0; c < 3; c++)
                {
                    Assert.Equal(resized.Samples8![(((y + 2) * 55) + x + 2) * 3 + c] / 255f, result[(((c * 51) + y) * 51) + x]);
                }
            }
        }
    }

    [Theory]
    [InlineData(550, 512, 19)]
    [InlineData(248, 224, 12)]
    [InlineData(225, 224, 0)]
    [InlineData(227, 224, 2)]
    public void The_crop_begins_at_half_the_difference_rounded_to_even(int frame, int size, int offset)
    {
        var crop = new Preprocessing { Width = size, Height = size, Framing = Framing.Crop, FrameSize = frame };
        PictureRegion region = crop.RegionOf(frame, frame);
        Assert.Equal(new PictureRegion(offset, offset, size, size), region);
    }

    [Fact]
    public void The_shorter_side_gets_the_frame_size_and_the_aspect_ratio_stays()
    {
        var random = new Random(2);
        Image source = ResizeTests.RandomImage(random, 90, 41, 8, 1);
        var framing = new Preprocessing { Width = 20, Height = 20, Channels = 1, Framing = Framing.ShortSide, FrameSize = 23 };
        Image resized = ImageResize.Resize(source, 23 * 90 / 41, 23);
        float[] result = Run(framing, source);
        for (int i = 0; i < 400; i++)
        {
            Assert.Equal(resized.Samples8![((i / 20 + 2) * 50) + i % 20 + 15] / 255f, result[i]);
        }
    }

    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    public void Padding_sets_the_picture_in_the_middle_of_zeros_or_cuts_it(int depth)
    {
        var random = new Random(3);
        Image digit = ResizeTests.RandomImage(random, 28, 28, depth, 1);
        var pad = new Preprocessing { Width = 32, Height = 20, Channels = 3, Framing = Framing.Pad };
        float[] result = Run(pad, digit);
        for (int i = 0; i < result.Length; i++)
        {
            int x = (i % 32) - 2;
            int y = (i / 32 % 20) + 4;
            float expected = x is < 0 or >= 28 ? 0 : depth == 8 ? digit.Samples8![(y * 28) + x] / 255f : digit.Samples16![(y * 28) + x] / 65535f;
            Assert.Equal(expected, result[i]);
        }

        Assert.Equal(new PictureRegion(-2, 4, 32, 20), pad.RegionOf(28, 28));
        var mask = new byte[32 * 20];
        pad.RunMask(digit, mask);
        for (int i = 0; i < mask.Length; i++)
        {
            Assert.Equal(result[i] != 0 ? 1 : 0, mask[i]);
        }
    }

    [Fact]
    public void Sixteen_bits_keep_more_than_eight()
    {
        // A ramp within one step of 8 bits survives only in float.
        var ramp = new ushort[40 * 40];
        for (int i = 0; i < ramp.Length; i++)
        {
            ramp[i] = (ushort)(0x8000 + (i % 40));
        }

        float[] result = Run(new Preprocessing { Width = 20, Height = 20, Channels = 1 }, new Image(40, 40, 1, ramp));
        for (int x = 0; x < 18; x++)
        {
            Assert.True(result[x + 1] > result[x]);
        }

        Assert.Equal((0x8000 + 20.5) / 65535, result[10], 1e-6);
    }

    [Fact]
    public void Channels_are_replicated_reduced_to_luma_or_dropped()
    {
        var one = new Preprocessing { Width = 1, Height = 1, Channels = 1 };
        var three = one with { Channels = 3 };
        Assert.Equal([100 / 255f, 100 / 255f, 100 / 255f], Run(three, new Image(1, 1, 1, [(byte)100])));
        Assert.Equal([10 / 255f, 20 / 255f, 30 / 255f], Run(three, new Image(1, 1, 4, [(byte)10, 20, 30, 0])));

        // 0.299 R + 0.587 G + 0.114 B = 76.2, 149.7, 29.1 for the pure colours.
        Assert.Equal([76 / 255f], Run(one, new Image(1, 1, 3, [(byte)255, 0, 0])));
        Assert.Equal([150 / 255f], Run(one, new Image(1, 1, 4, [(byte)0, 255, 0, 9])));
        Assert.Equal([29 / 255f], Run(one, new Image(1, 1, 3, [(byte)0, 0, 255])));
        Assert.Equal([1f], Run(one, new Image(1, 1, 3, [(ushort)65535, 65535, 65535])));
    }

    [Fact]
    public void Scaling_subtracts_and_divides_per_channel()
    {
        Preprocessing plain = new() { Width = 1, Height = 1 };
        var image = new Image(1, 1, 3, [(byte)0, 51, 255]);
        float[] expected = [(0 - 0.485f) / 0.229f, ((51 / 255f) - 0.456f) / 0.224f, (1 - 0.406f) / 0.225f];
        Assert.Equal(expected, Run(plain.WithImageNet(), image));
        Assert.Equal([0, 51 / 255f, 1], Run(plain.WithImageNet().WithUnit(), image));
        float[] ranged = Run(plain.WithMinMax([0, 0.1f, 1], [1, 0.3f, 1]), image);
        Assert.Equal([0f, 0.5f, 0f], ranged, (a, b) => Math.Abs(a - b) < 1e-6);
        var words = new Image(1, 1, 3, [(ushort)0, 51 * 257, 65535]);
        Assert.Equal(expected, Run(plain.WithImageNet(), words), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void It_survives_json()
    {
        Preprocessing before = new Preprocessing { Width = 512, Height = 512, Framing = Framing.Crop, FrameSize = 550, Filter = ResizeFilter.Bicubic }.WithImageNet();
        string json = JsonSerializer.Serialize(before, PreprocessingJson.Default.Preprocessing);
        Assert.Contains("\"framing\":\"crop\"", json);
        Assert.Contains("\"scaling\":\"imagenet\"", json);
        Preprocessing after = JsonSerializer.Deserialize(json, PreprocessingJson.Default.Preprocessing)!;
        after.Validate();
        Assert.Equal(before with { Mean = [], Deviation = [] }, after with { Mean = [], Deviation = [] });
        Assert.Equal(before.Mean, after.Mean);
        Assert.Equal(before.Deviation, after.Deviation);
        Assert.Equal(json, JsonSerializer.Serialize(after, PreprocessingJson.Default.Preprocessing));
    }

    [Fact]
    public void Values_that_do_not_fit_together_are_named()
    {
        Preprocessing good = new() { Width = 4, Height = 4 };
        good.Validate();
        Refused("frame size 3", good with { Framing = Framing.Crop, FrameSize = 3 });
        Refused("frame size 3", good with { FrameSize = 3 });
        Refused("2 channels", good with { Channels = 2 });
        Refused("size 0 x 4", good with { Width = 0 });
        Refused("1 means", good with { Mean = [1] });
        Refused("deviation 0", good with { Deviation = [1, 0, 1] });
        Assert.Throws<ArgumentException>(() => good.Run(new Image(1, 1, 1, [(byte)0]), new float[47]));
        Assert.Throws<ArgumentException>(() => good.RunMask(new Image(1, 1, 1, [(byte)0]), new byte[15]));

        static void Refused(string expected, Preprocessing bad) => Assert.Contains(expected, Assert.Throws<ArgumentException>(bad.Validate).Message);
    }

    [Fact]
    public void Masks_count_any_colour_and_ignore_alpha()
    {
        var frame = new Preprocessing { Width = 2, Height = 1 };
        var result = new byte[2];
        frame.RunMask(new Image(2, 1, 4, [(byte)0, 0, 0, 255, 0, 0, 1, 0]), result);
        Assert.Equal([0, 1], result);
        frame.RunMask(new Image(2, 1, 3, [(ushort)0, 1, 0, 0, 0, 0]), result, MaskRule.BilinearNonzero);
        Assert.Equal([1, 0], result);
    }

    private static float[] Run(Preprocessing preprocessing, Image image)
    {
        var result = new float[preprocessing.ValueCount];
        Array.Fill(result, float.NaN);
        preprocessing.Run(image, result);
        return result;
    }
}
