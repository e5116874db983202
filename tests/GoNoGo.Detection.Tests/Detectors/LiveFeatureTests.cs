using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Backbones.ResNet;
using GoNoGo.Detection.Backbones.Swin;
using GoNoGo.Detection.Detectors.Features;
using GoNoGo.Detection.Features;
using GoNoGo.Detection.Models;
using GoNoGo.Detection.Options;
using GoNoGo.Detection.Training;
using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Learning.Initializers;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Testing;
using GoNoGo.Testing.SyntheticData;
using Xunit;

namespace GoNoGo.Detection.Tests.Detectors;

/// <summary>Heads on a backbone in training mode (choice 1): features depend on the batch, or are drawn anew in every step.</summary>
[Collection("vector width")]
public sealed class LiveFeatureTests
{
    private static readonly OptionTable Table = HeadTable.Of(batchSize: 3, learningRate: 1e-2, weightDecay: 0);

    private static readonly BackboneOptions Training = new() { IsTraining = true };

    [Fact]
    public void BatchStatisticsOfUnshuffledBatchesAreThoseOfEveryStep()
    {
        using var scope = new TensorScope();
        Tensor pictures = PictureMemory.Noise(scope, 7, 64);
        using Head head = Make(ResNet(), "shuffle=false", "max-epochs=3");
        Assert.Contains("statistics of the batch", head.BatchDependence, StringComparison.Ordinal);
        Assert.False(head.Features.IsRandom);
        int steps = 0;
        head.Fit(new PictureMemory(pictures), new PictureMemory(pictures.Slice(0, 4)), new TrainingControl { Seed = 5, Progress = report => steps += report.IsEpochEnd ? 0 : 1 });
        float[] learned = head.Mean();

        // The same in plain words: every epoch the features of the same three batches, computed anew.
        using Head live = Make(ResNet(), "shuffle=false", "max-epochs=3");
        live.LearnPlainly(pictures, 3, 3, scope);
        TensorAssert.SameBits(live.Mean(), learned);
        // Three batches of the pass and two of the held-out pictures, then three an epoch.
        Assert.Equal(5 + 9, steps);

        // Another batch gives another score to the same picture.
        float[] alone = head.Judged(pictures.Slice(0, 1));
        float[] together = head.Judged(pictures.Slice(0, 3));
        Assert.NotEqual(alone[0], together[0]);
        Assert.Equal(together, head.Judged(pictures.Slice(0, 3)));
    }

    [Fact]
    public void DroppedBranchesAreDrawnForTheStep()
    {
        using var scope = new TensorScope();
        Tensor pictures = PictureMemory.Noise(scope, 4, 56);
        using FeatureExtractor features = Swin();
        Assert.True(features.IsRandom);
        float[] first = features.ExtractStep(pictures, scope, 1, 0)[0].ToArray();
        Assert.NotEqual(first, features.ExtractStep(pictures, scope, 1, 1)[0].ToArray());
        Assert.NotEqual(first, features.ExtractStep(pictures, scope, 2, 0)[0].ToArray());
        // Whatever was computed between.
        Assert.Equal(first, features.ExtractStep(pictures, scope, 1, 0)[0].ToArray());
        Assert.Equal(features.Extract(pictures, scope)[0].ToArray(), features.Extract(pictures, scope)[0].ToArray());
    }

    [Theory]
    [InlineData("swin", "shuffle=false")]
    [InlineData("resnet", "shuffle=true")]
    [InlineData("resnet", "shuffle=false")]
    public void AStoppedTrainingGoesOnToTheSameNumbers(string family, string shuffle)
    {
        using var scope = new TensorScope();
        using var folder = new TemporaryFolder();
        Tensor pictures = PictureMemory.Noise(scope, 7, family == "swin" ? 56 : 64);
        using Head whole = Make(Open(family), shuffle, "max-epochs=3");
        TrainingOutcome expected = Train(whole, pictures, new TrainingControl { Seed = 5 });

        // Nine steps, stopped after each two.
        TrainingOutcome? outcome = null;
        for (int run = 0; outcome is null; run++)
        {
            Assert.True(run < 9);
            using Head part = Make(Open(family), shuffle, "max-epochs=3");
            using var stop = new CancellationTokenSource();
            int left = 2;
            try
            {
                outcome = Train(part, pictures, new TrainingControl
                {
                    Seed = 5,
                    CheckpointFolder = folder["checkpoint"],
                    Resume = run > 0,
                    Cancellation = stop.Token,
                    Progress = report =>
                    {
                        if (report is { IsEpochEnd: false, Losses.Count: > 0 } && --left == 0)
                        {
                            stop.Cancel();
                        }
                    },
                });
                Assert.True(run >= 3);
                TensorAssert.SameBits(whole.Mean(), part.Mean());
                Assert.Equal(whole.Judged(pictures), part.Judged(pictures));
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
            }
        }

        Assert.Equal(expected, outcome);
    }

    private static TrainingOutcome Train(Head head, Tensor pictures, TrainingControl control) =>
        head.Fit(new PictureMemory(pictures), new PictureMemory(pictures.Slice(0, 4)), control);

    private static FeatureExtractor Open(string family) => family == "swin" ? Swin() : ResNet();

    private static FeatureExtractor ResNet() => FeatureExtractor.Create(
        ResNetFamily.Create(ResNetFamily.Variants[0], Training with { InputSize = 64 }), ["layer1"], WeightSource.Fresh(new TensorScope(), 7));

    private static FeatureExtractor Swin() => FeatureExtractor.Create(
        SwinFamily.Create(new SwinSettings("tiny", 12, [2, 2], [2, 4], 7) { TrainedSize = 56, MlpRatio = 2, DropPath = 0.5f }, Training), ["last"], WeightSource.Fresh(new TensorScope(), 7));

    private static Head Make(FeatureExtractor features, params string[] settings)
    {
        var scope = new TensorScope();
        return new Head(Table.Create("default", settings), WeightSource.Fresh(scope, 3), scope, features);
    }

    /// <summary>Learns the mean of every channel; the score is the mean square distance to it.</summary>
    private sealed class Head(OptionSet options, WeightSource source, TensorScope scope, FeatureExtractor features)
        : GradientFeatureDetector("head", options, source, scope, null, features)
    {
        private readonly Parameter _mean = source.Get("mean", new Shape(1, features.Levels[0].Width, 1, 1), Initializers.Constant(0));

        public float[] Mean() => _mean.Value.ToArray();

        public float[] Judged(Tensor pictures)
        {
            var scores = new float[pictures.Shape[0]];
            Score(pictures, default, scores, default);
            return scores;
        }

        public void LearnPlainly(Tensor pictures, int batchSize, int epochs, TensorScope scope)
        {
            using var optimizer = TrainerOptions.Optimizer(Options, Parameters);
            using var tape = new Tape();
            float[] best = Mean();
            double least = double.PositiveInfinity;
            for (int epoch = 0; epoch < epochs; epoch++)
            {
                for (int first = 0; first < pictures.Shape[0]; first += batchSize)
                {
                    Tensor batch = pictures.Slice(first, Math.Min(batchSize, pictures.Shape[0] - first));
                    tape.Reset();
                    _mean.ResetGradient();
                    tape.Backward(Loss([tape.Constant(Features.Extract(batch, scope)[0])], new StepContext(true, 5, 0)));
                    optimizer.Step();
                }

                double held = 0;
                for (int first = 0; first < 4; first += batchSize)
                {
                    Tensor batch = pictures.Slice(first, Math.Min(batchSize, 4 - first));
                    tape.Reset();
                    held += batch.Shape[0] * (double)Loss([tape.Constant(Features.Extract(batch, scope)[0])], StepContext.Judging).Value.ToScalar();
                }

                if (held < least)
                {
                    (least, best) = (held, Mean());
                }
            }

            best.CopyTo(_mean.Value.Span);
        }

        private protected override Variable LevelLoss(int level, Variable maps, in StepContext step) =>
            maps.Subtract(maps.Tape.Use(_mean)).Square().Mean();

        private protected override void ScoreLevel(int level, Variable features, Tensor scores)
        {
            int positions = scores.Shape[1] * scores.Shape[2];
            ReadOnlySpan<float> values = features.Value.Span;
            for (int i = 0; i < scores.ElementCount; i++)
            {
                double sum = 0;
                int width = _mean.Value.Shape[1];
                for (int c = 0; c < width; c++)
                {
                    double difference = values[(((i / positions * width) + c) * positions) + (i % positions)] - _mean.Value.Span[c];
                    sum += difference * difference;
                }

                scores.Span[i] = (float)(sum / width);
            }
        }
    }
}
