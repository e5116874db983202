using System.Text;
using GoNoGo.Vision.Imaging;
using Xunit;

namespace GoNoGo.Vision.Tests.Imaging;

public class PnmTests
{
    [Theory]
    [InlineData("P1\n# a comment\n3 2\n010\n1 0 1\n", 1, new[] { 255, 0, 255, 0, 255, 0 })]
    [InlineData("P2 3 2 255 0 1 2 253 254 255", 1, new[] { 0, 1, 2, 253, 254, 255 })]
    [InlineData("P2\n2 1\n15\n0 15\n", 1, new[] { 0, 255 })]
    [InlineData("P2 4 1 3 0 1 2 3", 1, new[] { 0, 85, 170, 255 })]
    [InlineData("P2 2 1 1000 500 1000", 1, new[] { 32768, 65535 })]
    [InlineData("P3 1 2 255\n1 2 3\n# between\n4 5 6", 3, new[] { 1, 2, 3, 4, 5, 6 })]
    [InlineData("P4\n10 2\n\u0055\u0080\u00AA\u0040", 1, new[] { 255, 0, 255, 0, 255, 0, 255, 0, 0, 255, 0, 255, 0, 255, 0, 255, 0, 255, 255, 0 })]
    [InlineData("P5 2 1 255\n\u0007\u00F0", 1, new[] { 7, 240 })]
    [InlineData("P5 2 1 65535\n\u0001\u0002\u00FF\u00FE", 1, new[] { 258, 65534 })]
    [InlineData("P5 1 1 4095\n\u000F\u00FF", 1, new[] { 65535 })]
    [InlineData("P6 1 1 255\n\u0001\u0002\u0003", 3, new[] { 1, 2, 3 })]
    [InlineData("P6 1 1 256\n\u0000\u0001\u0001\u0000\u0000\u0080", 3, new[] { 256, 65535, 32768 })]
    public void Every_kind_is_read(string text, int channels, int[] expected)
    {
        byte[] file = Encoding.Latin1.GetBytes(text);
        using Image image = ImageDecoder.Decode(file);
        Assert.Equal(channels, image.Channels);
        Assert.Equal(expected, image.Samples8 is { } samples8 ? samples8.Select(value => (int)value) : image.Samples16!.Select(value => (int)value));
        Assert.Equal(new ImageInfo(ImageKind.Pnm, image.Width, image.Height, channels, image.BitDepth), ImageDecoder.Identify(file));
    }

    [Theory]
    [InlineData("P5 2 2 255\nabc", "cut off")]
    [InlineData("P5 2 ", "cut off")]
    [InlineData("P5 2 x 255\nabcd", "height")]
    [InlineData("P5 0 2 255\nabcd", "start at 1")]
    [InlineData("P5 2 2 70000\nabcd", "65535")]
    [InlineData("P5 99999999999 2 255\nabcd", "width")]
    [InlineData("P5 60000 60000 255\nabcd", "limit")]
    [InlineData("P5 20000 20000 255\nabcd", "cut off")]
    [InlineData("P2 2 1 9 3 10", "above the largest value")]
    [InlineData("P5 1 1 9\n\n", "above the largest value")]
    [InlineData("P1 2 1 02", "0 or 1")]
    [InlineData("P7\nWIDTH 1", "PAM")]
    [InlineData("Pf\n1 1\n", "PFM")]
    public void Damage_is_refused_with_its_reason(string text, string expected)
    {
        var exception = Assert.Throws<ImageFormatException>(() => ImageDecoder.Decode(Encoding.Latin1.GetBytes(text)));
        Assert.Contains(expected, exception.Message);
    }
}
