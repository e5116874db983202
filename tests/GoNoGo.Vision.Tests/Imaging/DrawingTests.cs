using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Drawing;
using Xunit;

namespace GoNoGo.Vision.Tests.Imaging;

public class DrawingTests
{
    [Fact]
    public void The_scale_grows_evenly_in_brightness()
    {
        double[] brightness = [.. ColorScale.Colors.ToArray().Select(color => (0.299 * color.Red) + (0.587 * color.Green) + (0.114 * color.Blue))];
        for (int i = 8; i < 256; i += 8)
        {
            double step = brightness[i] - brightness[i - 8];
            Assert.True(step is > 2 and < 15, $"colour {i}: step {step}");
        }

        Assert.Equal(ColorScale.Colors[0], ColorScale.At(float.NaN));
        Assert.Equal(ColorScale.Colors[0], ColorScale.At(-1));
        Assert.Equal(ColorScale.Colors[255], ColorScale.At(2));
    }

    [Fact]
    public void A_heat_map_leaves_low_values_alone_and_colours_high_ones()
    {
        var picture = new Image(4, 2, 1, [.. Enumerable.Repeat((byte)100, 8)]);
        using Image result = Overlay.HeatMap(picture, [0f, 1f], 2, 1, new PictureRegion(0, 0, 4, 2), 0.3f, 1f, opacity: 0.5f);
        Assert.Equal((4, 2, 3), (result.Width, result.Height, result.Channels));
        Rgb top = ColorScale.At(1);
        Assert.Equal([100, 100, 100], result.Samples8.AsSpan(0, 3).ToArray());
        Assert.Equal([Half(top.Red), Half(top.Green), Half(top.Blue)], result.Samples8.AsSpan(9, 3).ToArray());
        static byte Half(byte color) => (byte)(100 + ((color - 100) * 0.5f) + 0.5f);
    }

    [Fact]
    public void A_heat_map_stays_within_its_region()
    {
        var picture = new Image(4, 4, 3, new byte[48]);
        using Image result = Overlay.HeatMap(picture, [1f], 1, 1, new PictureRegion(1, 2, 2, 1), 0, 1, 1);
        for (int i = 0; i < 16; i++)
        {
            bool inside = i % 4 is 1 or 2 && i / 4 == 2;
            Assert.Equal(inside, result.Samples8![3 * i] != 0);
        }
    }

    [Theory]
    [InlineData(1, 20)]
    [InlineData(2, 32)]
    public void An_outline_is_the_inner_edge(int thickness, int expected)
    {
        // A square of 6 x 6: its edge has 20 pixels, the next ring 12.
        var mask = new byte[100];
        for (int i = 0; i < 100; i++)
        {
            mask[i] = i % 10 is >= 2 and < 8 && i / 10 is >= 2 and < 8 ? (byte)1 : (byte)0;
        }

        using Image picture = Canvas.ToRgb(new Image(10, 10, 1, new byte[100]));
        Overlay.Outline(picture, mask, 10, 10, new PictureRegion(0, 0, 10, 10), Rgb.White, thickness);
        int drawn = Enumerable.Range(0, 100).Count(i => picture.Samples8![3 * i] == 255);
        Assert.Equal(expected, drawn);
        Assert.Equal(255, picture.Samples8![3 * 22]);
        Assert.Equal(0, picture.Samples8[3 * 44]);
    }

    [Fact]
    public void A_small_mask_is_outlined_in_the_pictures_pixels()
    {
        using Image picture = Canvas.ToRgb(new Image(8, 8, 1, new byte[64]));
        Overlay.Outline(picture, [0, 0, 0, 1], 2, 2, new PictureRegion(0, 0, 8, 8), Rgb.White);
        Assert.Equal(12, Enumerable.Range(0, 64).Count(i => picture.Samples8![3 * i] == 255));
    }

    [Fact]
    public void Pictures_stand_side_by_side()
    {
        var left = new Image(2, 1, 1, [(byte)1, 2]);
        var right = new Image(1, 2, 3, [(ushort)0x0300, 0x0400, 0x0500, 0x0600, 0x0700, 0x0800]);
        using Image result = Canvas.SideBySide([left, right], 1, new Rgb(9, 9, 9));
        Assert.Equal((4, 2), (result.Width, result.Height));
        Assert.Equal([1, 1, 1, 2, 2, 2, 9, 9, 9, 3, 4, 5, 9, 9, 9, 9, 9, 9, 9, 9, 9, 6, 7, 8], result.Samples8!);
    }

    [Fact]
    public void Thumbnails_keep_the_aspect_ratio_and_never_grow()
    {
        var picture = new Image(100, 50, 4, new byte[20_000]);
        using Image small = Canvas.Thumbnail(picture, 20);
        Assert.Equal((20, 10, 3), (small.Width, small.Height, small.Channels));
        using Image same = Canvas.Thumbnail(picture, 200);
        Assert.Equal((100, 50, 3), (same.Width, same.Height, same.Channels));
    }
}
