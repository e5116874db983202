using GoNoGo.Detection.Detectors.Flow;
using GoNoGo.Detection.Training;
using GoNoGo.Learning.Autograd;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Random;
using Xunit;

namespace GoNoGo.Detection.Tests.Detectors;

public sealed class FeatureNoiseTests
{
    private static readonly StepContext s_first = new(IsTraining: true, Seed: 3, Step: 0);

    [Theory]
    [InlineData(0.01f)]
    [InlineData(1)]
    [InlineData(40)]
    public void NoiseFollowsTheScaleOfTheFeatures(float scale)
    {
        double[] noise = Noise(new FeatureNoise(0.5, "last"), s_first, scale, mean: 0);
        Assert.Equal(0, noise.Average() / scale, 0.02);
        Assert.Equal(0.5, Math.Sqrt(noise.Average(value => value * value)) / scale, 0.01);
    }

    [Fact]
    public void RootMeanSquareCountsTheMeanToo() =>
        Assert.Equal(0.5 * Math.Sqrt(10), Math.Sqrt(Noise(new FeatureNoise(0.5, "last"), s_first, scale: 1, mean: 3).Average(value => value * value)), 0.04);

    [Fact]
    public void StepsAndLevelsDrawNumbersOfTheirOwn()
    {
        double[] first = Noise(new FeatureNoise(0.5, "layer1"), s_first);
        Assert.Equal(first, Noise(new FeatureNoise(0.5, "layer1"), s_first));
        Assert.True(Correlation(first, Noise(new FeatureNoise(0.5, "layer1"), s_first with { Step = 1 })) < 0.05);
        Assert.True(Correlation(first, Noise(new FeatureNoise(0.5, "layer1"), s_first with { Seed = 4 })) < 0.05);
        Assert.True(Correlation(first, Noise(new FeatureNoise(0.5, "layer2"), s_first)) < 0.05);
    }

    [Fact]
    public void ThereIsNoneOutsideOfTrainingAndWithoutAShare()
    {
        Assert.All(Noise(new FeatureNoise(0.5, "last"), StepContext.Judging), value => Assert.Equal(0, value));
        Assert.All(Noise(new FeatureNoise(0, "last"), s_first), value => Assert.Equal(0, value));
    }

    [Fact]
    public void FeaturesThatAreAllZeroStayZero() => Assert.All(Noise(new FeatureNoise(0.5, "last"), s_first, scale: 0), value => Assert.Equal(0, value));

    private static double[] Noise(FeatureNoise noise, StepContext step, float scale = 1, float mean = 0)
    {
        using var tape = new Tape(records: false);
        Tensor features = tape.Scope.New(new Shape(4, 16, 12, 12));
        new RandomStream(1, "features").FillNormal(mean, scale, features);
        float[] before = features.ToArray();
        float[] after = noise.Add(tape.Constant(features), step).Value.ToArray();
        Assert.Equal(before, features.ToArray());
        return [.. after.Zip(before, (sum, value) => (double)sum - value)];
    }

    private static double Correlation(double[] left, double[] right) =>
        Math.Abs(left.Zip(right, (x, y) => x * y).Sum()) / Math.Sqrt(left.Sum(x => x * x) * right.Sum(y => y * y));
}
