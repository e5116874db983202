using GoNoGo.Detection.Detectors.Features;
using GoNoGo.Detection.Features;
using GoNoGo.Detection.Models;
using GoNoGo.Detection.Options;
using GoNoGo.Detection.Training;
using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Learning.Densities.Flows;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Testing;
using Xunit;

namespace GoNoGo.Detection.Tests.Detectors;

/// <summary>What every head trained on features does, shown by a flow of two steps.</summary>
[Collection("vector width")]
public sealed class GradientFeatureTests
{
    private static readonly OptionTable Table = HeadTable.Of(batchSize: 2, learningRate: 1e-3, weightDecay: 1e-5);

    [Fact]
    public void TrainingOnFeaturesOfATableIsThatOnPictures()
    {
        using var scope = new TensorScope();
        Tensor pictures = PictureMemory.Noise(scope, 6);
        using Head onPictures = Make("max-epochs=4");
        TrainingOutcome outcome = onPictures.Fit(new PictureMemory(pictures), new PictureMemory(pictures.Slice(0, 2)), new TrainingControl { Seed = 5 });
        Assert.Equal(4, outcome.Epochs);
        Assert.Equal("max-epochs", outcome.StopReason);
        Assert.Equal(onPictures.Judged(pictures.Slice(0, 2)), outcome.BestLoss!.Value, 1e-4 * Math.Abs(outcome.BestLoss.Value));

        using Head onFeatures = Make("max-epochs=4");
        using FeatureMemory fit = FeatureMemory.Of(onFeatures.Features, new PictureMemory(pictures), default);
        using FeatureMemory held = FeatureMemory.Of(onFeatures.Features, new PictureMemory(pictures.Slice(0, 2)), default);
        onFeatures.Fit(fit, held, new TrainingControl { Seed = 5 });
        TensorAssert.SameBits(onPictures.Numbers(), onFeatures.Numbers());
    }

    [Fact]
    public void TheMapIsTheMeanOfTheLevelsEnlargedMaps()
    {
        using var scope = new TensorScope();
        Tensor pictures = PictureMemory.Noise(scope, 3);
        using Head head = Make("max-epochs=1");
        Assert.Throws<InvalidOperationException>(() => head.Score(pictures, default, new float[3], default));
        head.Fit(pictures, new TrainingControl { Seed = 5 });
        Tensor maps = scope.New(new Shape(3, 64, 64));
        var scores = new float[3];
        head.Score(pictures, default, scores, maps);
        Tensor[] levels = head.LevelScores(pictures, scope);
        Assert.NotEqual(levels[0].Shape, levels[1].Shape);
        Tensor fine = scope.New(maps.Shape);
        Tensor coarse = scope.New(maps.Shape);
        GoNoGo.Tensors.Kernels.Interpolate.Forward(levels[0], GoNoGo.Tensors.Kernels.InterpolationMode.Bilinear, false, fine);
        GoNoGo.Tensors.Kernels.Interpolate.Forward(levels[1], GoNoGo.Tensors.Kernels.InterpolationMode.Bilinear, false, coarse);
        for (int i = 0; i < maps.ElementCount; i++)
        {
            Assert.Equal((fine.Span[i] + coarse.Span[i]) / 2, maps.Span[i], 1e-5f * Math.Abs(maps.Span[i]));
        }

        Tensor patches = scope.New(levels[0].Shape);
        GoNoGo.Tensors.Kernels.Interpolate.Forward(levels[1], GoNoGo.Tensors.Kernels.InterpolationMode.Bilinear, false, patches);
        for (int b = 0; b < 3; b++)
        {
            float[] own = levels[0][b].ToArray();
            float[] other = patches[b].ToArray();
            Assert.Equal(own.Zip(other, (x, y) => (x + y) / 2).Max(), scores[b], 1e-5f * scores[b]);
        }
    }

    [Fact]
    public void ALossThatIsNoNumberEndsTheTrainingWithTheBestWeights()
    {
        using var scope = new TensorScope();
        Tensor pictures = PictureMemory.Noise(scope, 4);
        using Head head = Make("max-epochs=9");
        float[]? best = null;
        var reports = new List<TrainingProgress>();
        TrainingOutcome outcome = head.Fit(pictures, new TrainingControl
        {
            Seed = 5,
            Progress = report =>
            {
                reports.Add(report);
                if (report.IsEpochEnd && report.Epoch == 1)
                {
                    best = head.Numbers();
                    head.Breaks = true;
                }
            },
        });
        Assert.Equal(TrainingOutcome.Diverged, outcome.StopReason);
        Assert.Equal((3, 1), (outcome.Epochs, outcome.BestEpoch));
        TensorAssert.SameBits(best, head.Numbers());
        // The first bad batch ends it.
        Assert.Equal(1, reports.Count(report => report.Epoch == 2 && !report.IsEpochEnd));
    }

    [Theory]
    [InlineData("best-weights=restore", true)]
    [InlineData("best-weights=last-epoch", false)]
    public void WithoutAnyGoodEpochThereIsNoModel(string setting, bool fromTheStart)
    {
        using var scope = new TensorScope();
        Tensor pictures = PictureMemory.Noise(scope, 4);
        using Head head = Make(setting);
        head.Breaks = fromTheStart;
        ModelException exception = Assert.Throws<ModelException>(() => head.Fit(pictures, new TrainingControl
        {
            Seed = 5,
            Progress = report => head.Breaks |= report.IsEpochEnd,
        }));
        Assert.Contains("lower the learning rate", exception.Message, StringComparison.Ordinal);
    }

    private static Head Make(params string[] settings)
    {
        var scope = new TensorScope();
        return new Head(Table.Create("default", settings), WeightSource.Fresh(scope, 3), scope, TinyBackbone.Open());
    }

    private sealed class Head : GradientFeatureDetector
    {
        private readonly FastFlow[] _flows;

        public Head(OptionSet options, WeightSource source, TensorScope scope, FeatureExtractor features)
            : base("head", options, source, scope, null, features) =>
            _flows = [.. features.Levels.Select(level => new FastFlow(new FastFlowOptions(level.Width) { Steps = 2 }, source.Child(level.Name)))];

        public bool Breaks { get; set; }

        public float[] Numbers() => [.. Parameters.SelectMany(parameter => parameter.Value.ToArray())];

        public double Judged(Tensor pictures)
        {
            using var tape = new Tape(records: false);
            return Loss(Array.ConvertAll(Features.Extract(pictures, tape.Scope), tape.Constant), StepContext.Judging).Value.ToScalar();
        }

        public Tensor[] LevelScores(Tensor pictures, TensorScope scope)
        {
            using var tape = new Tape(records: false);
            Tensor[] levels = Features.Extract(pictures, scope);
            for (int level = 0; level < levels.Length; level++)
            {
                Tensor scores = scope.New(new Shape(levels[level].Shape[0], levels[level].Shape[2], levels[level].Shape[3]));
                ScoreLevel(level, tape.Constant(levels[level]), scores);
                levels[level] = scores;
            }

            return levels;
        }

        private protected override Variable LevelLoss(int level, Variable maps, in StepContext step)
        {
            Variable loss = _flows[level].Loss(maps);
            return Breaks ? loss.Scale(float.NaN) : loss;
        }

        private protected override void ScoreLevel(int level, Variable features, Tensor scores) =>
            FlowScores.Compute(FlowScore.Energy, _flows[level].Transform(features), scores);
    }
}
