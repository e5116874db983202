using GoNoGo.Evaluation.Thresholds;
using GoNoGo.Tensors.Random;

namespace GoNoGo.Evaluation.Tests.Thresholds;

public sealed class ThresholdTests
{
    [Theory]
    [InlineData(99, 0.01, 99)]
    [InlineData(98, 0.01, 99)]
    [InlineData(199, 0.01, 198)]
    [InlineData(200, 0.01, 199)]
    [InlineData(9, 0.1, 9)]
    [InlineData(19, 0.05, 19)]
    [InlineData(999, 0.001, 999)]
    [InlineData(10, 0.5, 6)]
    [InlineData(10, 0, 11)]
    [InlineData(29, 0.3, 21)]
    [InlineData(69, 0.9, 7)]
    public void TheRankIsExactDecimalArithmetic(int count, double rate, long rank) =>
        Assert.Equal(rank, FalseRejectThreshold.Rank(count, rate));

    [Fact]
    public void TheScoreAtTheRankIsStillGo()
    {
        float[] scores = [.. Enumerable.Range(1, 199).Reverse().Select(i => (float)i)];
        ThresholdChoice choice = FalseRejectThreshold.Compute(scores);
        Assert.Equal(MathF.BitIncrement(198), choice.Value);
        Assert.Null(choice.Note);
        Assert.Equal(1, ConfusionCounts.At(scores, new byte[199], choice.Value).FalseAlarms);
    }

    [Fact]
    public void TooFewNormalsTakeTheHighestAndSaySo()
    {
        ThresholdChoice choice = FalseRejectThreshold.Compute([3f, -1f, 2f]);
        Assert.Equal(MathF.BitIncrement(3), choice.Value);
        Assert.Equal("3 normal scores cannot support a false-reject rate of 0.01; the threshold is just above the highest of them (99 would).", choice.Note);
        Assert.Null(FalseRejectThreshold.Compute(new float[99]).Note);
        Assert.NotNull(FalseRejectThreshold.Compute(new float[98]).Note);
        Assert.Contains("no number of scores", FalseRejectThreshold.Compute([1f], 0).Note, StringComparison.Ordinal);
    }

    [Fact]
    public void NewNormalsAreRejectedAtMostAtTheRate()
    {
        var random = new RandomSequence(new RandomStream(3, "normals"));
        double rejected = 0;
        const int trials = 4000;
        for (int trial = 0; trial < trials; trial++)
        {
            var scores = new float[39];
            for (int i = 0; i < scores.Length; i++)
            {
                scores[i] = (float)random.NextNormal();
            }

            float threshold = FalseRejectThreshold.Compute(scores, 0.1).Value;
            rejected += (float)random.NextNormal() >= threshold ? 1 : 0;
        }

        // Exactly 4 of 40 ranks are above: expectation 0.1, standard deviation 0.005.
        Assert.Equal(0.1, rejected / trials, 0.02);
    }

    [Fact]
    public void BadInputsAreRefused()
    {
        Assert.Throws<ArgumentException>(() => FalseRejectThreshold.Compute([]));
        Assert.Throws<ArgumentException>(() => FalseRejectThreshold.Compute([float.NaN]));
        Assert.Throws<ArgumentException>(() => FalseRejectThreshold.Compute([1f], 1));
        Assert.Throws<ArgumentException>(() => FalseRejectThreshold.Compute([1f], double.NaN));
        Assert.Throws<ArgumentException>(() => FixedThreshold.Of(float.NaN));
        Assert.Equal(2.5f, FixedThreshold.Of(2.5f).Value);
        Assert.Throws<ArgumentException>(() => CostThreshold.Compute([1f, 2f], [0, 0], 1, 1));
        Assert.Throws<ArgumentException>(() => CostThreshold.Compute([1f, 2f], [0, 1], -1, 1));
        Assert.Throws<ArgumentException>(() => CostThreshold.Compute([1f, 2f], [0, 1], 0, 0));
        Assert.Throws<ArgumentException>(() => ConfusionCounts.At([1f], [0], float.NaN));
        Assert.Throws<ArgumentException>(() => ConfusionCounts.At([float.NaN], [0], 0));
        Assert.Throws<ArgumentException>(() => ConfusionCounts.At([1f], [], 0));
        Assert.Throws<ArgumentException>(() => KindRecall.At([1f], [], 0));
    }

    [Fact]
    public void CountsAtAThreshold()
    {
        var counts = ConfusionCounts.At([1f, 2f, 2f, 3f, 0.5f], [0, 0, 1, 1, 1], 2);
        Assert.Equal(new ConfusionCounts(TruePositives: 2, FalsePositives: 1, TrueNegatives: 1, FalseNegatives: 1), counts);
        Assert.Equal(2.0 / 3, counts.Recall.Value);
        Assert.Equal(2.0 / 3, counts.Precision.Value);
        Assert.Equal(0.5, counts.FalseAlarmRate.Value);
        Assert.Equal(0.6, counts.Accuracy.Value);
        Assert.Equal(4.0 / 6, counts.F1.Value);
        var none = ConfusionCounts.At([1f], [0], 5);
        Assert.Equal("no part is judged no-go", none.Precision.Reason);
        Assert.Equal("there are no defective samples", none.Recall.Reason);
        Assert.NotNull(none.F1.Reason);
    }

    [Fact]
    public void RecallOfEveryKind() => Assert.Equal(
        [new KindRecall("crack", 2, 1), new KindRecall("scratch", 1, 1)],
        KindRecall.At([0f, 5f, 2f, 1f, 9f], [null, "scratch", "crack", "crack", null], 2));

    [Fact]
    public void TheCheapestThresholdIsFound()
    {
        float[] scores = [1, 2, 3, 4, 5, 6];
        byte[] labels = [0, 1, 0, 0, 1, 1];

        // Misses cost much: everything from the lowest defect on; false alarms cost much: only what is surely defective.
        CostThresholdChoice careful = CostThreshold.Compute(scores, labels, 10, 1);
        Assert.Equal((2f, 0L, 2L, 2d), (careful.Choice.Value, careful.Misses, careful.FalseAlarms, careful.Cost));
        CostThresholdChoice tolerant = CostThreshold.Compute(scores, labels, 1, 10);
        Assert.Equal((5f, 1L, 0L, 1d), (tolerant.Choice.Value, tolerant.Misses, tolerant.FalseAlarms, tolerant.Cost));

        // 2 and 4 cost the same, one miss or one false alarm: the lower one, which misses nothing.
        CostThresholdChoice tied = CostThreshold.Compute([1f, 2f, 3f, 4f], [0, 1, 0, 1], 1, 1);
        Assert.Equal((2f, 0L, 1L, 1d), (tied.Choice.Value, tied.Misses, tied.FalseAlarms, tied.Cost));

        // A miss costs nothing: no false alarm at all, found defects included only where free.
        Assert.Equal(MathF.BitIncrement(2), CostThreshold.Compute([1f, 2f], [1, 0], 1, 10).Choice.Value);
    }
}
