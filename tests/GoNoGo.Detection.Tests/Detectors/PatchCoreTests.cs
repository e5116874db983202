using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Detectors;
using GoNoGo.Detection.Detectors.Features;
using GoNoGo.Detection.Detectors.PatchCore;
using GoNoGo.Detection.Features;
using GoNoGo.Detection.Models;
using GoNoGo.Detection.Training;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Random;
using Xunit;

namespace GoNoGo.Detection.Tests.Detectors;

public sealed class PatchCoreTests
{
    [Theory]
    [InlineData("coreset=1")]
    [InlineData("coreset=0.000001")]
    [InlineData("subsampling=random")]
    [InlineData("projection=0")]
    [InlineData("neighbours=1000")]
    [InlineData("image-reduction=top-k-mean")]
    public void TwoPicturesAreEnough(string setting)
    {
        using IDetector detector = TinyDetector.Fitted("patchcore", setting, constant: false, count: 2, out Tensor pictures, out TensorScope scope);
        var scores = new float[2];
        detector.Score(pictures, scores, scope.New(new Shape(2, 64, 64)));
        Assert.All(scores, score => Assert.True(float.IsFinite(score) && score >= 0));
        if (setting == "coreset=1")
        {
            // Every patch is in the bank.
            Assert.All(scores, score => Assert.Equal(0f, score));
        }

        scope.Dispose();
    }

    [Fact]
    public void ConstantPicturesLeaveASmallBank()
    {
        using IDetector detector = TinyDetector.Fitted("patchcore", "coreset=1", constant: true, count: 3, out Tensor pictures, out TensorScope scope);
        using IDetector chosen = TinyDetector.Fitted("patchcore", "coreset=0.9", constant: true, count: 3, out _, out TensorScope other);
        Assert.True(chosen.Buffers[0].Value.Shape[0] <= detector.Buffers[0].Value.Shape[0] / 3);
        var scores = new float[3];
        chosen.Score(pictures, scores, scope.New(new Shape(3, 64, 64)));
        Assert.All(scores, score => Assert.Equal(0f, score, 1e-3f));
        scope.Dispose();
        other.Dispose();
    }

    /// <summary>Said before anything is read.</summary>
    [Theory]
    [InlineData("patchcore", "coreset=1", "coreset=S")]
    [InlineData("gmm-em", "patches=100000000", "patches=N")]
    public void WhatNoMemoryHoldsIsRefused(string id, string setting, string advice)
    {
        using var detector = (FeatureDetector)TinyDetector.Create(id, setting);
        var endless = new Endless(detector.Features.Levels);
        ModelException exception = Assert.Throws<ModelException>(() => detector.Fit(endless, endless, new TrainingControl()));
        Assert.Contains("GB of memory", exception.Message, StringComparison.Ordinal);
        Assert.Contains(advice, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheWeightIsThatOfThePaper()
    {
        using var scope = new TensorScope();
        Tensor bank = scope.New(new Shape(6, 4));
        new RandomStream(4, "bank").FillNormal(0, 1, bank);
        float[] query = [0.3f, -1, 2, 0.5f];
        double To(int i, float[] from) => Math.Sqrt(bank[i].ToArray().Zip(from, (a, b) => ((double)a - b) * ((double)a - b)).Sum());
        int nearest = Enumerable.Range(0, 6).MinBy(i => To(i, query));
        int[] around = [.. Enumerable.Range(0, 6).OrderBy(i => To(i, bank[nearest].ToArray())).Take(3)];
        double expected = 1 - (Math.Exp(To(nearest, query)) / around.Sum(i => Math.Exp(To(i, query))));
        Assert.Equal(expected, NeighbourWeight.Of(query, bank, nearest, 3), 1e-6);
        Assert.Equal(1, NeighbourWeight.Of(query, bank.Slice(0, 1), 0, 9));
        Assert.True(double.IsFinite(NeighbourWeight.Of([3e4f, 0, 0, 0], bank, 0, 6)));
    }

    /// <summary>Features of very many pictures, none of which may be read.</summary>
    private sealed class Endless(IReadOnlyList<FeatureLevel> levels) : IFeatureSource
    {
        public int Count => 8_000_000;

        public IReadOnlyList<FeatureLevel> Levels => levels;

        public void Read(int index, int level, Span<float> destination) => throw new InvalidOperationException("nothing is read before memory was looked at");
    }
}
