using GoNoGo.Learning.Training;
using Xunit;

namespace GoNoGo.Learning.Tests.Training;

public sealed class EarlyStoppingTests
{
    private static readonly double[] Losses = [5, 4, 4, 3.5, 3.6, 3.4, 3.45, 3.41, 3.4, 3.5];

    /// <summary>The values of spec/golden/early_stopping.json.</summary>
    [Theory]
    [InlineData(0, 2, 1)]
    [InlineData(1, 7, 5)]
    [InlineData(2, 8, 5)]
    [InlineData(3, 9, 5)]
    public void StopsWhenTheCounterExceedsThePatience(int patience, int stopsAfter, int best)
    {
        var rule = new EarlyStopping(patience);
        int epoch = 0;
        for (; epoch < Losses.Length; epoch++)
        {
            rule.Observe(Losses[epoch], epoch);
            if (rule.ShouldStop)
            {
                break;
            }
        }

        Assert.Equal(stopsAfter, epoch);
        Assert.Equal(best, rule.BestEpoch);
    }

    [Fact]
    public void NaNNeverImproves()
    {
        var rule = new EarlyStopping(1);
        Assert.False(rule.Observe(double.NaN, 0));
        Assert.False(rule.ShouldStop);
        Assert.False(rule.Observe(double.NaN, 1));
        Assert.True(rule.ShouldStop);
        Assert.Equal(-1, rule.BestEpoch);
    }

    [Fact]
    public void AStoredStateGoesOn()
    {
        var rule = new EarlyStopping(2, bestLoss: 3.4, bestEpoch: 5, epochsSinceBest: 2);
        rule.Observe(3.4, 8);
        Assert.True(rule.ShouldStop);
    }
}
