using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Detectors;
using GoNoGo.Detection.Detectors.Features;
using GoNoGo.Detection.Features;
using GoNoGo.Detection.Training;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Random;
using Xunit;

namespace GoNoGo.Detection.Tests.Detectors;

/// <summary>Patches that cover no judged pixel are in no bank, and do not shine into what is judged.</summary>
public sealed class JudgedPatchTests
{
    private const int Size = 64;
    private const int Side = 16;

    [Theory]
    [InlineData("patchcore", "coreset=1")]
    [InlineData("patchcore", "coreset=0.5")]
    [InlineData("patchcore", "subsampling=random")]
    [InlineData("padim", "gaussian=global")]
    public void OnlyJudgedPatchesAreLearned(string id, string setting)
    {
        using var scope = new TensorScope();
        // The same judged patches; elsewhere everything differs.
        using FeatureDetector first = Fitted(id, setting, 1, Judged());
        using FeatureDetector second = Fitted(id, setting, 2, Judged());
        Assert.Equal(first.Buffers.Select(buffer => buffer.Key), second.Buffers.Select(buffer => buffer.Key));
        Assert.All(first.Buffers.Zip(second.Buffers), pair => Assert.Equal(pair.First.Value.ToArray(), pair.Second.Value.ToArray()));
        if (setting == "coreset=1")
        {
            // The left half, and the column that a pixel of the right half is in.
            Assert.Equal(3 * Side * ((Side / 2) + 1), first.Buffers[0].Value.Shape[0]);
        }

        using FeatureDetector all = Fitted(id, setting, 1, default);
        Assert.NotEqual(first.Buffers[^1].Value.ToArray(), all.Buffers[^1].Value.ToArray());
    }

    [Theory]
    [InlineData("patchcore", "coreset=1")]
    [InlineData("padim", "gaussian=global")]
    public void WhatIsNotJudgedDoesNotShineIntoTheMap(string id, string setting)
    {
        using var scope = new TensorScope();
        using FeatureDetector detector = Fitted(id, setting, 1, Judged());
        Tensor pictures = scope.New(new Shape(1, 3, Size, Size));
        new RandomStream(8, "pictures").FillNormal(0, 1, pictures);
        Tensor maps = scope.New(new Shape(1, Size, Size));
        var scores = new float[1];
        detector.Score(pictures, Judged(), scores, maps);
        float largest = 0;
        for (int i = 0; i < Size * Size; i++)
        {
            largest = MathF.Max(largest, Judged()[i] != 0 ? maps.Span[i] : 0);
        }

        // The image score is the largest patch score of those that are judged: a mean of them cannot exceed it.
        Assert.True(largest <= scores[0] * 1.0001f, $"{largest} in the map, {scores[0]} the image score");
    }

    [Fact]
    public void TheChoiceOfPatchesIsReported()
    {
        var reports = new List<TrainingProgress>();
        using FeatureDetector detector = Fitted("patchcore", "coreset=0.5", 1, default, reports.Add);
        Assert.All(reports, report => Assert.Equal(TrainingPass.Choice, report.Pass));
        Assert.Equal(1, reports[0].Batch);
        Assert.True(reports.Count >= 2);
        Assert.All(reports, report => Assert.Equal(3 * Side * Side / 2, report.Batches));
    }

    /// <summary>The left half and one column of pixels more.</summary>
    private static byte[] Judged()
    {
        var judged = new byte[Size * Size];
        for (int i = 0; i < judged.Length; i++)
        {
            judged[i] = (byte)(i % Size <= Size / 2 ? 1 : 0);
        }

        return judged;
    }

    private static FeatureDetector Fitted(string id, string setting, ulong outside, ReadOnlyMemory<byte> judged, Action<TrainingProgress>? progress = null)
    {
        DetectorEntry entry = DetectorCatalog.Find(id);
        var scope = new TensorScope();
        FeatureExtractor features = FeatureExtractor.Create(
            BackboneCatalog.Create(TinyBackbone.Id, BackboneOptionTable.Read(TinyBackbone.Options)), ["layer1"], WeightSource.Fresh(new TensorScope(), 7));
        var detector = (FeatureDetector)entry.Create(
            entry.Options.Create("default", ["neighbourhood=1", setting]), WeightSource.Fresh(scope, 3), scope, null, features);
        detector.Fit(new Halves(features.Levels, outside, judged), new Halves(features.Levels, outside, judged), new TrainingControl { Seed = 5, Progress = progress });
        return detector;
    }

    /// <summary>Three pictures whose left columns of patches are always alike.</summary>
    private sealed class Halves(IReadOnlyList<FeatureLevel> levels, ulong outside, ReadOnlyMemory<byte> judged) : IFeatureSource
    {
        public int Count => 3;

        public IReadOnlyList<FeatureLevel> Levels => levels;

        public ReadOnlyMemory<byte> Judged(int index) => judged;

        public void Read(int index, int level, Span<float> destination)
        {
            for (int i = 0; i < destination.Length; i++)
            {
                ulong seed = i % Side <= Side / 2 ? 0 : outside;
                destination[i] = (float)new RandomStream(seed, (ulong)index).Uniform(i) * (seed == 0 ? 1 : 50);
            }
        }
    }
}
