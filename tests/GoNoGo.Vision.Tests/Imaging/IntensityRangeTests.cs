using System.Text.Json;
using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Resizing;
using Xunit;

namespace GoNoGo.Vision.Tests.Imaging;

public sealed class IntensityRangeTests
{
    private static readonly Preprocessing Plain = new() { Width = 6, Height = 5 };

    [Theory]
    [InlineData(8, 1, 3)]
    [InlineData(8, 4, 1)]
    [InlineData(16, 3, 3)]
    [InlineData(16, 3, 1)]
    public void The_whole_scale_as_a_range_changes_no_bit(int depth, int pictureChannels, int channels)
    {
        Image source = ResizeTests.RandomImage(new Random(depth + channels), 23, 17, depth, pictureChannels);
        Preprocessing full = Plain with { Channels = channels, Filter = ResizeFilter.Bicubic };
        float[] expected = Run(full, source);
        Assert.Equal(expected, Run(full with { Intensity = new IntensityRange(0, IntensityRange.FullScale(depth), depth) }, source));
    }

    [Theory]
    [InlineData(Framing.Whole)]
    [InlineData(Framing.Pad)]
    public void Samples_between_black_and_white_become_0_to_1_and_others_are_clamped(Framing framing)
    {
        Preprocessing own = new() { Width = 5, Height = 1, Channels = 1, Framing = framing };
        float[] expected = [0, 0, 0.5f, 1, 1];
        Assert.Equal(expected, Run(own with { Intensity = new IntensityRange(20, 120, 8) }, new Image(5, 1, 1, [(byte)3, 20, 70, 120, 255])));
        Assert.Equal(expected, Run(own with { Intensity = new IntensityRange(96, 4096, 16) }, new Image(5, 1, 1, [(ushort)0, 96, 2096, 4096, 65535])));
        Assert.Equal(expected, Run(own with { Intensity = new IntensityRange(-2, 6, 32) }, new Image(5, 1, 1, [-1e9f, -2f, 2f, 6f, 7f])));
    }

    [Fact]
    public void Twelve_bits_of_16_fill_the_scale_and_keep_their_steps()
    {
        // A ramp of single counts around the middle of 12 bits, reduced to half its size.
        var ramp = new ushort[40 * 40];
        for (int i = 0; i < ramp.Length; i++)
        {
            ramp[i] = (ushort)(2000 + (i % 40));
        }

        float[] result = Run(new Preprocessing { Width = 20, Height = 20, Channels = 1, Intensity = new IntensityRange(0, 4095, 16) }, new Image(40, 40, 1, ramp));
        for (int x = 1; x < 18; x++)
        {
            Assert.Equal(2 / 4095.0, result[x + 1] - result[x], 1e-5);
        }

        Assert.Equal(2020.5 / 4095, result[10], 1e-5);
    }

    [Fact]
    public void Mean_and_deviation_come_after_the_range()
    {
        Preprocessing ranged = new Preprocessing { Width = 1, Height = 1, Intensity = new IntensityRange(0, 100, 8) }.WithImageNet();
        float[] result = Run(ranged, new Image(1, 1, 3, [(byte)0, 50, 200]));
        Assert.Equal([(0 - 0.485f) / 0.229f, (0.5f - 0.456f) / 0.224f, (1 - 0.406f) / 0.225f], result);
    }

    [Theory]
    [InlineData(8, 16)]
    [InlineData(16, 8)]
    [InlineData(32, 16)]
    public void Samples_of_another_depth_are_refused(int counted, int given)
    {
        Preprocessing ranged = Plain with { Intensity = new IntensityRange(0, 1, counted) };
        using Image image = Image.Rent(3, 3, 1, given);
        string message = Assert.Throws<ImageFormatException>(() => ranged.Run(image, new float[ranged.ValueCount])).Message;
        Assert.Contains($"{given}-bit samples", message, StringComparison.Ordinal);
        Assert.Contains($"counts {counted}-bit ones", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Clamping_does_not_hide_values_that_are_no_number(float value)
    {
        Preprocessing ranged = new() { Width = 3, Height = 1, Intensity = new IntensityRange(0, 1, 32) };
        Assert.Throws<ImageFormatException>(() => Run(ranged, new Image(3, 1, 1, [0f, value, 1f])));
    }

    [Fact]
    public void A_range_is_stored_and_its_absence_is_not()
    {
        Preprocessing ranged = Plain with { Intensity = new IntensityRange(120, 4095.5f, 16) };
        string json = JsonSerializer.Serialize(ranged, PreprocessingJson.Default.Preprocessing);
        Assert.Contains("\"intensity\":{\"black\":120,\"white\":4095.5,\"bitDepth\":16}", json, StringComparison.Ordinal);
        Assert.Equal(ranged.Intensity, JsonSerializer.Deserialize(json, PreprocessingJson.Default.Preprocessing)!.Intensity);
        Assert.DoesNotContain("intensity", JsonSerializer.Serialize(Plain, PreprocessingJson.Default.Preprocessing), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(float.NaN, 1)]
    [InlineData(0, float.PositiveInfinity)]
    [InlineData(float.MinValue, float.MaxValue)]
    public void A_range_without_a_span_is_refused(float black, float white) =>
        Assert.Throws<ArgumentException>((Plain with { Intensity = new IntensityRange(black, white) }).Validate);

    private static float[] Run(Preprocessing preprocessing, Image image)
    {
        var result = new float[preprocessing.ValueCount];
        Array.Fill(result, float.NaN);
        preprocessing.Run(image, result);
        return result;
    }
}
