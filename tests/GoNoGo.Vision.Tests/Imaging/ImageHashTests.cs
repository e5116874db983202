using System.Security.Cryptography;
using GoNoGo.Vision.Imaging;
using Xunit;

namespace GoNoGo.Vision.Tests.Imaging;

/// <summary>The hash of a decoded picture: feature caches on disk hold it, so it never changes.</summary>
public sealed class ImageHashTests
{
    [Fact]
    public void HashIsOfSizeChannelsDepthThenSamples()
    {
        byte[] expected = SHA256.HashData([2, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0, 8, 0, 0, 0, 10, 20, 30, 40, 50, 60]);

        Assert.Equal(expected, HashOf(new Image(2, 1, 3, new byte[] { 10, 20, 30, 40, 50, 60 })));
    }

    [Fact]
    public void WordsAndFloatsCountWithAllTheirBytes()
    {
        Assert.Equal(SHA256.HashData([1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 16, 0, 0, 0, 0x34, 0x12, 0xFF, 0]), HashOf(new Image(1, 2, 1, new ushort[] { 0x1234, 0xFF })));
        Assert.Equal(SHA256.HashData([1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 32, 0, 0, 0, 0, 0, 0x80, 0x3F]), HashOf(new Image(1, 1, 1, new[] { 1f })));
    }

    [Fact]
    public void TheSameSamplesInAnotherShapeAreAnotherPicture() =>
        Assert.NotEqual(HashOf(new Image(2, 1, 1, new byte[] { 1, 2 })), HashOf(new Image(1, 2, 1, new byte[] { 1, 2 })));

    private static byte[] HashOf(Image image)
    {
        var hash = new byte[ImageHash.Bytes];
        ImageHash.Of(image, hash);
        return hash;
    }
}
