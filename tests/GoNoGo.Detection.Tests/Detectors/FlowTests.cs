using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Detectors;
using GoNoGo.Detection.Features;
using GoNoGo.Detection.Models;
using GoNoGo.Detection.Options;
using GoNoGo.Detection.Training;
using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Testing;
using Xunit;

namespace GoNoGo.Detection.Tests.Detectors;

public sealed class FlowTests
{
    [Theory]
    [InlineData("deit-base", "last", 30_968_516, 7_074_500)]
    [InlineData("esvit-tiny", "last", 30_742_724, 7_074_500)]
    [InlineData("efficientformer-l3", "last", 13_639_456, 3_103_520)]
    [InlineData("resnet50", "layer2,layer3,layer4", 115_808_480, 26_323_168)]
    public void ParametersAreCountedAsInTheTableAndAsTheyAre(string backbone, string levels, long published, long trainable)
    {
        // The backbone's weights do not matter here.
        using FeatureExtractor features = FeatureExtractor.Create(BackboneCatalog.Create(backbone), levels.Split(','), Zeros());
        using IDetector detector = Make("default", features);
        Assert.Equal(published, detector.PublishedParameterCount);
        Assert.Equal(trainable, detector.Parameters.Sum(parameter => parameter.Value.ElementCount));
    }

    [Theory]
    [InlineData("default")]
    [InlineData("paper-code")]
    [InlineData("paper-text")]
    [InlineData("fastflow")]
    public void ConstantPicturesGiveFiniteScores(string preset)
    {
        using var scope = new TensorScope();
        Tensor pictures = scope.New(new Shape(2, 3, 64, 64));
        pictures.Span.Fill(0.4f);
        using IDetector detector = Make(preset, TinyBackbone.Open(), "max-epochs=2");
        detector.Fit(pictures);
        var scores = new float[2];
        Tensor maps = scope.New(new Shape(2, 64, 64));
        detector.Score(pictures, scores, maps);
        Assert.All(scores, score => Assert.True(float.IsFinite(score)));
        pictures[1].Span[..4096].Fill(9);
        detector.Score(pictures, scores, maps);
        Assert.True(float.IsFinite(scores[1]) && scores[1] >= scores[0], $"{scores[0]} {scores[1]}");
    }

    [Theory]
    [InlineData("kernels=1x1")]
    [InlineData("kernels=3x3")]
    [InlineData("flow-clamp=tanh-a-over-alpha")]
    [InlineData("standardise=none")]
    [InlineData("flow-score=energy")]
    [InlineData("level-norm=affine")]
    [InlineData("flow-score=likelihood", "level-norm=affine")]
    [InlineData("image-reduction=top-k-mean")]
    [InlineData("validation=none")]
    public void TwoPicturesAreEnough(params string[] settings)
    {
        using var scope = new TensorScope();
        using IDetector detector = Make("default", TinyBackbone.Open(), [.. settings, "max-epochs=2"]);
        Tensor pictures = PictureMemory.Noise(scope, 2);
        detector.Fit(pictures);
        var scores = new float[2];
        detector.Score(pictures, scores, scope.New(new Shape(2, 64, 64)));
        Assert.All(scores, score => Assert.True(float.IsFinite(score)));
    }

    /// <summary>The image score is the largest deviation from what good pictures score at the position; the map shows scores as they are.</summary>
    [Fact]
    public void TheImageScoreIsStandardisedByPosition()
    {
        using var scope = new TensorScope();
        using IDetector raw = Make("default", TinyBackbone.Open(), "max-epochs=1", "standardise=none");
        using IDetector standardised = Make("default", TinyBackbone.Open(), "max-epochs=1");
        Tensor pictures = PictureMemory.Noise(scope, 6);
        Tensor[] maps = [scope.New(new Shape(6, 64, 64)), scope.New(new Shape(6, 64, 64))];
        float[][] scores = [new float[6], new float[6]];
        foreach ((IDetector detector, int i) in new[] { (raw, 0), (standardised, 1) })
        {
            detector.Fit(pictures);
            detector.Score(pictures, scores[i], maps[i]);
        }

        TensorAssert.SameBits(maps[0].ToArray(), maps[1].ToArray());
        float[] deviations = standardised.Buffers.Single(buffer => buffer.Key == "good.deviation").Value.ToArray();
        // Of six numbers none is further from their mean than 5 / sqrt(6) deviations, and the draw to the common variance adds little.
        Assert.All(scores[1], score => Assert.InRange(score, 0, 4));
        Assert.All(deviations, deviation => Assert.True(deviation > 0));
    }

    [Theory]
    [InlineData("learning-rate=1e6", "lower the learning rate")]
    [InlineData("hidden-ratio=0.001", "leaves no hidden layer")]
    public void WhatCannotWorkIsRefused(string setting, string words)
    {
        using var scope = new TensorScope();
        Tensor pictures = PictureMemory.Noise(scope, 4);
        Exception exception = Assert.ThrowsAny<Exception>(() =>
        {
            using IDetector detector = Make("default", TinyBackbone.Open(), setting, "batch-size=2");
            detector.Fit(pictures);
        });
        Assert.True(exception is ModelException or OptionException, exception.ToString());
        Assert.Contains(words, exception.Message, StringComparison.Ordinal);
    }

    /// <summary>Scoring packs the weights; what was packed before a training must not score after it, however the training ended.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TrainedOnItScoresWithItsNewWeights(bool isCancelled)
    {
        using var scope = new TensorScope();
        const string settings = "steps=2 max-epochs=1 level-norm=affine best-weights=last-epoch";
        using IDetector detector = TinyDetector.Create("flow", settings);
        Tensor pictures = PictureMemory.Noise(scope, 3);
        detector.Fit(pictures);
        float[] before = Scored(detector, pictures);
        if (isCancelled)
        {
            using var cancellation = new CancellationTokenSource();
            var control = new TrainingControl { Cancellation = cancellation.Token, Progress = progress => Cancel(progress, cancellation) };
            Assert.ThrowsAny<OperationCanceledException>(() => detector.Fit(pictures, control));
        }
        else
        {
            detector.Fit(pictures);
        }

        using IDetector copy = Copy(detector, settings);
        float[] after = Scored(detector, pictures);
        TensorAssert.SameBits(Scored(copy, pictures), after, "scores of the new weights");
        Assert.NotEqual(before, after);

        static void Cancel(TrainingProgress progress, CancellationTokenSource source)
        {
            if (progress.Losses.Count > 0)
            {
                source.Cancel();
            }
        }
    }

    [Fact]
    public void ThreadsThatScoreFirstAtTheSameTimeAgree()
    {
        using var scope = new TensorScope();
        const string settings = "steps=2 max-epochs=1";
        using IDetector detector = TinyDetector.Create("flow", settings);
        Tensor pictures = PictureMemory.Noise(scope, 4);
        detector.Fit(pictures);
        float[] expected = Scored(detector, pictures);
        using IDetector copy = Copy(detector, settings);
        var scores = new float[8];
        using var start = new Barrier(scores.Length);
        Thread[] threads = [.. Enumerable.Range(0, scores.Length).Select(i => new Thread(() =>
        {
            start.SignalAndWait();
            copy.Score(pictures.Slice(i % 4, 1), scores.AsSpan(i, 1), default);
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        TensorAssert.SameBits([.. expected, .. expected], scores, "scores of threads");
    }

    [Fact]
    public void NothingIsScoredBeforeTraining()
    {
        using IDetector detector = Make("default", TinyBackbone.Open());
        using var scope = new TensorScope();
        Assert.Throws<InvalidOperationException>(() => detector.Score(PictureMemory.Noise(scope, 1), new float[1], default));
    }

    private static IDetector Make(string preset, FeatureExtractor features, params string[] settings)
    {
        DetectorEntry entry = DetectorCatalog.Find("flow");
        string[] small = features.Backbone.Id == TinyBackbone.Id ? ["steps=2"] : [];
        var scope = new TensorScope();
        return entry.Create(entry.Options.Create(preset, [.. small, .. settings]), WeightSource.Fresh(scope, 3), scope, null, features);
    }

    /// <summary>A detector with another one's tensors that has never scored, as if it had been stored and loaded.</summary>
    private static IDetector Copy(IDetector detector, string settings)
    {
        IDetector copy = TinyDetector.Create("flow", settings, new SortedDictionary<string, double>(StringComparer.Ordinal));
        foreach ((Parameter from, Parameter to) in detector.Parameters.Zip(copy.Parameters))
        {
            from.Value.CopyTo(to.Value);
        }

        foreach ((KeyValuePair<string, Tensor> from, KeyValuePair<string, Tensor> to) in detector.Buffers.Zip(copy.Buffers))
        {
            from.Value.CopyTo(to.Value);
        }

        return copy;
    }

    private static float[] Scored(IDetector detector, Tensor pictures)
    {
        var scores = new float[pictures.Shape[0]];
        detector.Score(pictures, scores, default);
        return scores;
    }

    private static WeightSource Zeros() => WeightSource.FromReader(new TensorScope(), (_, tensor) => tensor.Clear());
}
