using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Drawing;
using GoNoGo.Vision.Imaging.Png;
using GoNoGo.Vision.Imaging.Resizing;
using Xunit;

namespace GoNoGo.Vision.Tests.Imaging;

public class FloatImageTests
{
    [Theory]
    [InlineData(1, 1, Framing.Whole)]
    [InlineData(1, 3, Framing.Whole)]
    [InlineData(3, 1, Framing.Whole)]
    [InlineData(3, 3, Framing.Crop)]
    [InlineData(4, 1, Framing.Pad)]
    [InlineData(4, 3, Framing.Pad)]
    public void Becomes_the_same_input_as_16_bits_of_the_same_values(int channels, int wanted, Framing framing)
    {
        var random = new Random(11);
        using Image words = ResizeTests.RandomImage(random, 47, 33, 16, channels);
        using var floats = new Image(47, 33, channels, Array.ConvertAll(words.Samples16!, value => value / 65535f));
        var preprocessing = new Preprocessing
        {
            Width = 20,
            Height = 20,
            Channels = wanted,
            Framing = framing,
            FrameSize = framing == Framing.Crop ? 24 : 0,
            Mean = wanted == 3 ? [0.1f, 0.2f, 0.3f] : [0.1f],
            Deviation = wanted == 3 ? [0.5f, 0.6f, 0.7f] : [0.5f],
        };
        var expected = new float[preprocessing.ValueCount];
        var actual = new float[preprocessing.ValueCount];
        preprocessing.Run(words, expected);
        preprocessing.Run(floats, actual);
        for (int i = 0; i < expected.Length; i++)
        {
            // Luma of 16 bits is rounded to an integer, hence half a step of it; the rest is float rounding.
            Assert.Equal(expected[i], actual[i], 1e-5f + (channels > 1 && wanted == 1 ? 1 / 65535f : 0));
        }
    }

    [Fact]
    public void Values_beyond_full_scale_stay_what_they_are()
    {
        using var image = new Image(2, 1, 1, [-3f, 700f]);
        var values = new float[2];
        new Preprocessing { Width = 2, Height = 1, Channels = 1 }.Run(image, values);
        Assert.Equal([-3f, 700f], values);
    }

    [Theory]
    [InlineData(float.NaN, Framing.Whole, "NaN at column 5, row 3")]
    [InlineData(float.PositiveInfinity, Framing.Pad, "Infinity at column 5, row 3")]
    [InlineData(float.MaxValue, Framing.Whole, "overflow")]
    public void Values_that_are_no_number_do_not_become_input(float value, Framing framing, string expected)
    {
        var samples = new float[9 * 7];
        samples[(3 * 9) + 5] = value;
        if (float.IsFinite(value))
        {
            Array.Fill(samples, value);
        }

        using var image = new Image(9, 7, 1, samples);
        var preprocessing = new Preprocessing { Width = 8, Height = 8, Channels = 1, Framing = framing, Filter = ResizeFilter.Bicubic, Mean = [-1e38f], Deviation = [1] };
        string message = Assert.Throws<ImageFormatException>(() => preprocessing.Run(image, new float[64])).Message;
        Assert.Contains(expected, message);
        Assert.EndsWith(".", message);
    }

    [Fact]
    public void What_the_network_does_not_see_may_be_no_number()
    {
        var samples = new float[20 * 20];
        samples[0] = float.NaN;
        using var image = new Image(20, 20, 1, samples);
        var values = new float[64];
        new Preprocessing { Width = 8, Height = 8, Channels = 1, Framing = Framing.Pad }.Run(image, values);
        Assert.All(values, value => Assert.Equal(0f, value));
    }

    [Fact]
    public void Resizing_keeps_floats()
    {
        var random = new Random(12);
        using var image = new Image(31, 17, 3, [.. Enumerable.Range(0, 31 * 17 * 3).Select(_ => random.NextSingle() * 5)]);
        using Image small = ImageResize.Resize(image, 9, 8);
        var planes = new float[3 * 8 * 9];
        ImageResize.ToFloat(image, 9, 8, ResizeFilter.Bilinear, planes);
        for (int i = 0; i < 72; i++)
        {
            for (int c = 0; c < 3; c++)
            {
                Assert.Equal(planes[(c * 72) + i], small.SamplesFloat![(3 * i) + c]);
            }
        }
    }

    [Fact]
    public void Is_a_mask_by_its_values_other_than_zero()
    {
        using var mask = new Image(4, 1, 1, [0f, -0f, 1e-30f, float.NaN]);
        var resized = new byte[4];
        MaskResize.Run(mask, 4, 1, MaskRule.Nearest, resized);
        Assert.Equal([0, 0, 1, 1], resized);
        using Image binary = MaskFile.ToBinary(mask);
        Assert.Equal([0, 0, 255, 255], binary.Samples8);
    }

    [Fact]
    public void Is_drawn_with_full_scale_as_255()
    {
        using var image = new Image(4, 1, 1, [-1f, 0.5f, 2f, float.NaN]);
        using Image drawn = Canvas.ToRgb(image);
        Assert.Equal([0, 0, 0, 128, 128, 128, 255, 255, 255, 0, 0, 0], drawn.Samples8);
    }

    [Fact]
    public void Says_what_it_is()
    {
        Assert.Equal("32-bit float gray", new PictureFormat(1, 1, 1, 32).Colour);
        using Image image = Image.Rent(3, 2, 1, 32);
        Assert.Equal((32, 6, null, null), (image.BitDepth, image.SamplesFloat!.Length, image.Samples8, image.Samples16));
        Assert.Throws<ArgumentException>(() => PngEncoder.Encode(image));
        image.Dispose();
        Assert.Throws<ObjectDisposedException>(() => image.SamplesFloat);
    }

    [Fact]
    public void The_first_value_that_is_not_finite_is_found_wherever_it_is()
    {
        for (int length = 0; length < 40; length++)
        {
            var values = new float[length];
            Array.Fill(values, float.MaxValue);
            Assert.Equal(-1, NonFinite.IndexOf(values));
            for (int at = 0; at < length; at++)
            {
                values[at] = (at % 3) switch { 0 => float.NaN, 1 => float.PositiveInfinity, _ => float.NegativeInfinity };
                Assert.Equal(at, NonFinite.IndexOf(values));
                values[at] = -float.MaxValue;
            }
        }
    }
}
