using GoNoGo.Reports;
using Xunit;

namespace GoNoGo.Tests.Reports;

public sealed class HeatScaleTests
{
    [Fact]
    public void Threshold_IsInTheMiddle_AndTheUnitIsItsDistanceFromNormal()
    {
        HeatScale scale = HeatScale.From(10, [9, 7, 8]);
        Assert.Equal(new HeatScale(2, 10, 18), scale);
    }

    [Theory]
    [InlineData(4f)]
    [InlineData(-4f)]
    [InlineData(0f)]
    [InlineData(-3e30f)]
    public void WithoutNormals_TheScaleStillSpansTheThreshold(float threshold)
    {
        HeatScale scale = HeatScale.From(threshold, []);
        Assert.True(scale.Low < threshold && threshold < scale.High);
    }

    [Fact]
    public void ThresholdBelowNormal_StillSpans()
    {
        HeatScale scale = HeatScale.From(1, [5, 6]);
        Assert.Equal(new HeatScale(0.5f, 1, 1.5f), scale);
    }
}
