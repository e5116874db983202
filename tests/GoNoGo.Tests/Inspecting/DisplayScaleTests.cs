using Xunit;

namespace GoNoGo.Tests.Inspecting;

public sealed class DisplayScaleTests
{
    [Fact]
    public void TheThresholdShows50_AndTheMiddleOfTheGoodOnesAbout12()
    {
        var scale = DisplayScale.Of([3, 1, 2], 6);
        Assert.Equal(50, scale.Of(6));
        Assert.Equal(100 / (1 + Math.Exp(2)), scale.Of(2), 12);
        Assert.Equal(100 - scale.Of(2), scale.Of(10), 12);
        Assert.Equal((0, 100), (scale.Of(float.NegativeInfinity), scale.Of(float.PositiveInfinity)));
    }

    [Theory]
    [InlineData(1e-30f)]
    [InlineData(0.5f)]
    [InlineData(-3f)]
    [InlineData(1e30f)]
    public void OnlyScoresFromTheThresholdOnShow50(float threshold)
    {
        foreach (float[] normals in new[] { [], [threshold], [threshold - Math.Abs(threshold)], new[] { threshold + Math.Abs(threshold) } })
        {
            var scale = DisplayScale.Of(normals, threshold);
            Assert.True(scale.Unit > 0);
            Assert.True(scale.Of(threshold) >= 50);
            Assert.True(scale.Of(MathF.BitDecrement(threshold)) < 50);
            Assert.True(scale.Of(MathF.BitIncrement(threshold)) >= 50);
        }
    }
}
