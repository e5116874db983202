using GoNoGo.Detection.Detectors;
using GoNoGo.Detection.Detectors.Features;
using GoNoGo.Detection.Features;
using GoNoGo.Detection.Models;
using GoNoGo.Detection.Options;
using GoNoGo.Detection.Training;
using GoNoGo.Learning.Densities.Gaussians;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Random;
using Xunit;

namespace GoNoGo.Detection.Tests.Detectors;

public sealed class GmmEmTests
{
    /// <summary>One Gaussian is padim's global one: scores differ by half the difference of the squared distances.</summary>
    [Fact]
    public void OneGaussianOrdersPatchesLikeTheMahalanobisDistance()
    {
        using IDetector one = TinyDetector.Fitted("gmm-em", "components=1 floor=1e-5 pca-variance=1", constant: false, count: 4, out Tensor pictures, out TensorScope scope);
        using IDetector global = TinyDetector.Fitted("padim", "gaussian=global features=0", constant: false, count: 4, out _, out TensorScope other);
        pictures[1].Span[700] += 6;
        pictures[2].Span[9000] -= 20;
        (float[] logs, float[] distances) = (new float[4], new float[4]);
        one.Score(pictures, logs, scope.New(new Shape(4, 64, 64)));
        global.Score(pictures, distances, scope.New(new Shape(4, 64, 64)));
        for (int i = 1; i < 4; i++)
        {
            double expected = 0.5 * (((double)distances[i] * distances[i]) - ((double)distances[0] * distances[0]));
            Assert.Equal(expected, logs[i] - logs[0], 0.01 * Math.Max(1, Math.Abs(expected)));
        }

        scope.Dispose();
        other.Dispose();
    }

    /// <summary>
    /// One Gaussian of all axes is that of the patches with the ridge on its variances, so the loss of the fitted patches follows from their eigenvalues alone:
    /// the sum of half of log(2 pi (lambda + ridge)) + lambda / (lambda + ridge); beyond the axes with one variance for all.
    /// </summary>
    [Theory]
    [InlineData("components=1 floor=1e-5 ridge=0.5 pca-variance=1 patches=100000", 192)]
    [InlineData("components=1 floor=1e-5 ridge=0.5 pca-features=30 pca-variance=1 patches=100000", 30)]
    public void TheLossIsTheMeanNegativeLogOfTheFeaturesDensity(string settings, int axes)
    {
        using var scope = new TensorScope();
        Tensor pictures = PictureMemory.Noise(scope, 4);
        using IDetector detector = Fitted(settings, pictures, default, out TrainingOutcome outcome);
        var features = (FeatureDetector)detector;
        using FeatureMemory memory = FeatureMemory.Of(features.Features, new PictureMemory(pictures), TestContext.Current.CancellationToken);
        var stack = new PatchStack(features.Features.Levels, 1);
        Tensor rows = scope.New(new Shape(4 * stack.Patches, stack.Width));
        for (int i = 0; i < 4; i++)
        {
            stack.Read(memory, i, scope, rows.Slice(i * stack.Patches, stack.Patches));
        }

        double[] variances = [.. PrincipalAxes.Of(rows, 1, int.MaxValue, 0.5).Variances];
        double rest = axes == variances.Length ? 1 : variances.Skip(axes).Average() + 0.5;
        double expected = variances.Select((variance, i) => (variance, i < axes ? variance + 0.5 : rest)).Sum(pair => 0.5 * (Math.Log(2 * Math.PI * pair.Item2) + (pair.variance / pair.Item2)));
        Assert.Equal(expected, outcome.BestLoss!.Value, 1e-4 * Math.Abs(expected));
        Assert.Equal(TrainingOutcome.OnePass, outcome.StopReason);
    }

    /// <summary>Not of the fitted pictures where others are held out.</summary>
    [Fact]
    public void TheLossIsOfTheHeldOutPictures()
    {
        using var scope = new TensorScope();
        Tensor pictures = PictureMemory.Noise(scope, 3);
        Tensor others = scope.New(new Shape(3, 3, 64, 64));
        new RandomStream(10, "pictures").FillNormal(0, 3, others);
        double[] losses = [.. new[] { pictures, others, default }.Select(held =>
        {
            using IDetector detector = Fitted("components=2", pictures, held, out TrainingOutcome outcome);
            return outcome.BestLoss!.Value;
        })];
        Assert.Equal(losses[0], losses[2]);
        Assert.True(losses[1] > losses[0] + 10, $"{losses[0]} {losses[1]}");
    }

    /// <summary>What lies beyond the axes raises the score only if it is counted.</summary>
    [Fact]
    public void TheResidualIsCounted()
    {
        using IDetector with = TinyDetector.Fitted("gmm-em", "pca-features=3 components=1", constant: false, count: 3, out Tensor pictures, out TensorScope scope);
        using IDetector without = TinyDetector.Fitted("gmm-em", "pca-features=3 components=1 residual=false", constant: false, count: 3, out _, out TensorScope other);
        Assert.True(with.Statistics["residual-variance"] > 0);
        Assert.Equal(0, without.Statistics["residual-variance"]);
        (float[] more, float[] less) = (new float[3], new float[3]);
        with.Score(pictures, more, default);
        without.Score(pictures, less, default);
        Assert.All(more.Zip(less), pair => Assert.True(pair.First > pair.Second));
        scope.Dispose();
        other.Dispose();
    }

    [Theory]
    [InlineData("components=auto covariance=full")]
    [InlineData("components=4 covariance=tied")]
    [InlineData("components=7 covariance=diagonal")]
    [InlineData("components=2 pca-variance=0.9")]
    [InlineData("components=2 patches=10")]
    public void ConstantPicturesGiveFiniteScores(string settings)
    {
        using IDetector detector = TinyDetector.Fitted("gmm-em", settings, constant: true, count: 2, out Tensor pictures, out TensorScope scope);
        Tensor maps = scope.New(new Shape(2, 64, 64));
        var scores = new float[2];
        detector.Score(pictures, scores, maps);
        Assert.Equal(scores[0], scores[1], 1e-3f * MathF.Abs(scores[0]));
        pictures[1].Span[100] += 5;
        detector.Score(pictures, scores, maps);
        Assert.True(float.IsFinite(scores[1]) && scores[1] > scores[0] + 100, $"{scores[0]} {scores[1]}");
        scope.Dispose();
    }

    [Theory]
    [InlineData("components=auto")]
    [InlineData("components=20 ridge=0")]
    [InlineData("components=20 ridge=0 floor=1e-5 covariance=tied")]
    [InlineData("components=20 covariance=diagonal neighbourhood=3")]
    [InlineData("image-reduction=quantile patches=1")]
    public void TwoPicturesAreEnough(string settings)
    {
        using IDetector detector = TinyDetector.Fitted("gmm-em", settings, constant: false, count: 2, out Tensor pictures, out TensorScope scope);
        var scores = new float[2];
        detector.Score(pictures, scores, scope.New(new Shape(2, 64, 64)));
        Assert.All(scores, score => Assert.True(float.IsFinite(score)));
        scope.Dispose();
    }

    [Theory]
    [InlineData("components=513", "513 is more than the 512 patches that 2 pictures give")]
    [InlineData("components=11 patches=20", null)]
    [InlineData("components=21 patches=20", "21 is more than the 20 patches that 2 pictures give")]
    public void MoreGaussiansThanPatchesAreRefused(string settings, string? message)
    {
        void Fit() => TinyDetector.Fitted("gmm-em", settings, constant: false, count: 2, out _, out _).Dispose();
        if (message is null)
        {
            Fit();
            return;
        }

        Assert.Contains(message, Assert.Throws<ModelException>(Fit).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AModelWithoutItsNumbersIsRefused()
    {
        foreach (SortedDictionary<string, double> statistics in new SortedDictionary<string, double>[] { new() { ["axes"] = 3 }, new() { ["axes"] = 4000, ["components"] = 1 }, new() { ["axes"] = 3, ["components"] = 2 } })
        {
            OptionException exception = Assert.Throws<OptionException>(() => TinyDetector.Create("gmm-em", statistics: statistics));
            Assert.Contains("its ", exception.Message, StringComparison.Ordinal);
        }
    }

    private static IDetector Fitted(string settings, Tensor pictures, Tensor held, out TrainingOutcome outcome)
    {
        IDetector detector = TinyDetector.Create("gmm-em", settings);
        outcome = detector.Fit(new PictureMemory(pictures), new PictureMemory(held), new TrainingControl());
        return detector;
    }
}
