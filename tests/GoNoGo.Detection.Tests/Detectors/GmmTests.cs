using System.Globalization;
using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Detectors.Features;
using GoNoGo.Detection.Detectors.Gmm;
using GoNoGo.Detection.Features;
using GoNoGo.Detection.Models;
using GoNoGo.Detection.Training;
using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Densities.Mixtures;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Random;
using GoNoGo.Testing;
using Xunit;

namespace GoNoGo.Detection.Tests.Detectors;

public sealed class GmmTests
{
    /// <summary>The published score and map from the likelihoods of golden/mdn.safetensors: the largest of the batch subtracted, corners aligned.</summary>
    [Theory]
    [InlineData("d16k5", 2, 3)]
    [InlineData("d64k10", 1, 4)]
    public void PublishedScoresAndMaps(string size, int pictures, int side)
    {
        Goldens goldens = Goldens.Open("golden/mdn.safetensors");
        using var scope = new TensorScope();
        foreach (string form in new[] { "softmax", "gumbel" })
        {
            string name = $"vitad.{size}/{form}/";
            Tensor scores = scope.From(goldens.Floats(name + "ll_per_patch_mean"), new Shape(pictures, side, side));
            new MixtureScore("batch-max", isInverted: false).Apply(scores);
            TensorAssert.Close(Array.ConvertAll(goldens.Floats(name + "probability_map"), value => 1 - value), scores.ToArray(), 1e-5, "1 - probability");
            Assert.All(
                goldens.Floats(name + "image_score").Index(),
                image => Assert.Equal(image.Item, scores[image.Index].ToArray().Max(), 1e-5f));
            Tensor map = scope.New(new Shape(pictures, 1, 56, 56));
            Interpolate.Forward(scores.Reshape(new Shape(pictures, 1, side, side)), InterpolationMode.Bilinear, alignCorners: true, map);
            TensorAssert.Close(goldens.Floats(name + "anomaly_map_56"), map.ToArray(), 1e-5, "map");
        }
    }

    [Fact]
    public void ScoresByTheirFormulas()
    {
        using var scope = new TensorScope();
        float[] Of(string form, bool inverted)
        {
            Tensor values = scope.From([-3f, -1f, -2f, -1.5f], new Shape(2, 1, 2));
            new MixtureScore(form, inverted).Apply(values);
            return values.ToArray();
        }

        Assert.Equal([3f, 1f, 2f, 1.5f], Of("nll", false));
        Assert.Equal([1f, 0f, 0.5f, 0.25f], Of("batch-minmax", false));
        Assert.Equal([0f, 1f, 0.5f, 0.75f], Of("batch-minmax", true));
        Assert.Equal(MathF.Exp(-1), Of("batch-max", true)[2], 1e-6f);
        Assert.Null(new MixtureScore("nll", false).BatchDependence);
        Assert.Contains("batch-max", new MixtureScore("batch-max", false).BatchDependence, StringComparison.Ordinal);
        Tensor equal = scope.From([2f, 2f], new Shape(1, 1, 2));
        new MixtureScore("batch-minmax", isInverted: false).Apply(equal);
        Assert.Equal([0f, 0f], equal.ToArray());
    }

    [Fact]
    public void CountsAreThoseOfThePapersTable()
    {
        string[] rows = [.. File.ReadAllLines(SharedFolder.RequireFile("golden/counts.csv")).Where(line => line.StartsWith("gmm,", StringComparison.Ordinal) && line.Contains(" D=", StringComparison.Ordinal))];
        Assert.NotEmpty(rows);
        Assert.All(rows, row =>
        {
            int Number(string key) => int.Parse(row.Split(key)[1].Split(' ', '"')[0], CultureInfo.InvariantCulture);
            Assert.Equal(long.Parse(row.Split("\",")[1].Split(',')[0], CultureInfo.InvariantCulture), FusedMixtureNetwork.PublishedCount(Number("D="), Number("K=")));
        });
        // Both ResNet-50 networks, and DeiT-B and EfficientFormer, in the millions that Table 1 prints.
        Assert.Equal(
            [525, 118, 53],
            new[]
            {
                FusedMixtureNetwork.PublishedCount(1024, 50) + FusedMixtureNetwork.PublishedCount(2048, 50),
                FusedMixtureNetwork.PublishedCount(768, 100), FusedMixtureNetwork.PublishedCount(512, 100),
            }.Select(count => (int)Math.Round(count / 1e6)));
    }

    [Fact]
    public void ParametersAreThoseOfThePublishedNetworkAndStartLikeThem()
    {
        using GmmDetector detector = Make(["gaussians=7"]);
        Assert.Equal(detector.PublishedParameterCount, detector.Parameters.Sum(parameter => parameter.Shape.ElementCount));
        Assert.Equal(
            ["layer1.pi.weight", "layer1.pi.bias", "layer1.sigma.weight", "layer1.sigma.bias", "layer1.mu.weight", "layer1.mu.bias"],
            detector.Parameters.Take(6).Select(parameter => parameter.Name));
        Assert.All(detector.Parameters.Where(parameter => parameter.Name.EndsWith("mu.bias", StringComparison.Ordinal)), bias => Assert.All(bias.Value.ToArray(), value => Assert.Equal(0.001f, value)));
        float[] weight = detector.Parameters.Single(parameter => parameter.Name == "layer2.mu.weight").Value.ToArray();
        Assert.Equal(Math.Sqrt(2.0 / (128 + (128 * 7))), Math.Sqrt(weight.Average(value => (double)value * value)), 5e-4);
    }

    [Theory]
    [InlineData("paper-text", 1)]
    [InlineData("default", 0)]
    public void HiddenLayersAreCountedAsTrainedNotAsPublished(string preset, int hidden)
    {
        using GmmDetector detector = Make(["gaussians=3"], preset);
        long extra = hidden * 3L * ((64L * 65) + (128L * 129));
        Assert.Equal(detector.PublishedParameterCount + extra, detector.Parameters.Sum(parameter => parameter.Shape.ElementCount));
    }

    [Fact]
    public void MoreGaussiansThanPatchesAreRefused()
    {
        using GmmDetector detector = Make(["gaussians=200"]);
        using var scope = new TensorScope();
        using FeatureMemory features = FeatureMemory.Of(detector.Features, new PictureMemory(scope.Zeros(new Shape(3, 3, 64, 64))), default);
        ModelException exception = Assert.Throws<ModelException>(() => detector.Fit(features, features, new TrainingControl()));
        Assert.Equal("200 Gaussians cannot be fitted to the 192 patches that 3 picture(s) have at level 'layer2'; choose fewer (--set gaussians=N) or a finer level.", exception.Message);
    }

    [Fact]
    public void NoiseIsDrawnAnewInTrainingAndFromThePictureInJudging()
    {
        using var tape = new Tape(records: false);
        Tensor rows = tape.New(new Shape(6, 4));
        new RandomStream(1, "rows").FillNormal(0, 1, rows);
        Variable x = tape.Constant(rows);
        Variable logits = tape.Constant(tape.Scope.Zeros(new Shape(6, 5)));
        float[] Of(string form, StepContext step, int pictures = 2) => new MixtureNoise(form, "last").Add(logits, x, pictures, step).Value.ToArray();
        var training = new StepContext(true, 3, 8);
        Assert.All(Of("softmax", training), value => Assert.Equal(0, value));
        Assert.All(Of("gumbel-in-training", StepContext.Judging), value => Assert.Equal(0, value));
        Assert.Equal(Of("gumbel", training), Of("gumbel-in-training", training));
        Assert.NotEqual(Of("gumbel", training), Of("gumbel", training with { Step = 9 }));
        float[] judged = Of("gumbel", StepContext.Judging);
        Assert.Equal(judged, Of("gumbel", StepContext.Judging));
        Assert.NotEqual(judged[..15], judged[15..]);
        // The second picture alone has the noise that it has beside the first.
        Variable second = tape.Constant(rows.Slice(3, 3));
        Assert.Equal(judged[15..], new MixtureNoise("gumbel", "last").Add(tape.Constant(tape.Scope.Zeros(new Shape(3, 5))), second, 1, StepContext.Judging).Value.ToArray());
    }

    /// <summary>A patch's likelihood with a counted affine normalisation is the density of the features before it, as far as its weights go.</summary>
    [Fact]
    public void TheVolumeOfATrainedNormalisationIsCounted()
    {
        float[] Likelihoods(float factor, string form)
        {
            using var scope = new TensorScope();
            using var tape = new Tape(records: false);
            var level = new FeatureLevel("layer1", 6, 4, 2, 2, FeatureLayout.Maps);
            WeightSource source = WeightSource.Fresh(scope, 3);
            var network = new GmmLevel(GmmOptions.Table.Create("default", ["gaussians=3", "level-norm=" + form]), level, source);
            Tensor maps = scope.New(new Shape(2, 6, 2, 2));
            new RandomStream(1, "maps").FillNormal(0, 1, maps);
            foreach (Parameter weight in source.Parameters.Where(parameter => parameter.Name == "norm.weight"))
            {
                weight.Value.Span.Fill(factor);
            }

            Tensor likelihoods = scope.New(new Shape(2, 2, 2));
            network.MeanLikelihoods(tape.Constant(maps), likelihoods);
            double loss = network.Loss(tape.Constant(maps), StepContext.Judging).Value.ToScalar();
            Assert.Equal(-likelihoods.ToArray().Average(), loss, 1e-5);
            return likelihoods.ToArray();
        }

        float[] plain = Likelihoods(1, "plain");
        Assert.Equal(plain, Likelihoods(1, "affine"));
        Assert.Equal(plain, Likelihoods(1, "affine-unsaved"));
        float[] counted = Likelihoods(-2, "affine");
        float[] uncounted = Likelihoods(-2, "affine-unsaved");
        Assert.Equal(uncounted.Select(value => value + MathF.Log(2)).ToArray(), counted, (a, b) => Math.Abs(a - b) < 1e-5f);
    }

    private static GmmDetector Make(string[] settings, string preset = "default")
    {
        var scope = new TensorScope();
        return new GmmDetector(GmmOptions.Table.Create(preset, settings), WeightSource.Fresh(scope, 3), scope, null, TinyBackbone.Open());
    }
}
