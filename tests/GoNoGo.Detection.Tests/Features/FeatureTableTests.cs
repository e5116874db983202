using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Features;
using GoNoGo.Detection.Features.Caching;
using GoNoGo.Detection.Scoring;
using GoNoGo.Detection.Training;
using GoNoGo.Testing;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Regions;
using Xunit;

namespace GoNoGo.Detection.Tests.Features;

/// <summary>Features of pictures, computed once and kept: the same from memory, disk and a mapped file.</summary>
public sealed class FeatureTableTests
{
    [Fact]
    public void WhatWasComputedIsReadTheNextTime()
    {
        using var sample = new FeatureSample();
        IReadOnlyList<DatasetItem> items = sample.Pictures(1, 2, 3);
        using FeatureTable plain = sample.BuildWithoutCache(items);
        using (FeatureTable first = sample.Build(items))
        {
            Assert.Equal(3, first.ComputedCount);
            Assert.True(first.IsInMemory);
            Assert.Equal(FeatureSample.ValuesOf(plain), FeatureSample.ValuesOf(first));
        }

        using (FeatureTable second = sample.Build(sample.Pictures(3, 4, 1)))
        {
            Assert.Equal(1, second.ComputedCount);
            Assert.Equal(FeatureSample.ValuesOf(plain)[2], FeatureSample.ValuesOf(second)[0]);
            Assert.Equal(FeatureSample.ValuesOf(plain)[0], FeatureSample.ValuesOf(second)[2]);
            Assert.Empty(second.Notes);
        }

        Assert.Equal(4 * 256, new FileInfo(sample.Files.Data).Length);
    }

    [Fact]
    public void ATableInMemoryCanLeaveTheCacheToTheNext()
    {
        using var sample = new FeatureSample();
        using FeatureTable fit = sample.Build(sample.Pictures(1, 2));
        fit.ReleaseCache();
        using FeatureTable held = sample.Build(sample.Pictures(3));
        held.ReleaseCache();
        Assert.Empty(held.Notes);
        using FeatureTable all = sample.Build(sample.Pictures(3, 2, 1));
        Assert.Equal(0, all.ComputedCount);
        Assert.Equal([.. FeatureSample.ValuesOf(held), .. FeatureSample.ValuesOf(fit).Reverse()], FeatureSample.ValuesOf(all));
    }

    [Fact]
    public void FeaturesBeyondTheMemoryLimitAreMappedAndTheSame()
    {
        using var sample = new FeatureSample("layer2");
        IReadOnlyList<DatasetItem> items = sample.Pictures([.. Enumerable.Range(0, 20)]);
        using FeatureTable plain = sample.BuildWithoutCache(items);
        sample.Options = sample.Options with { MostMemoryBytes = 100 };
        for (int run = 0; run < 2; run++)
        {
            using FeatureTable mapped = sample.Build(items);
            Assert.False(mapped.IsInMemory);
            Assert.Equal(run == 0 ? 20 : 0, mapped.ComputedCount);
            Assert.Equal(FeatureSample.ValuesOf(plain), FeatureSample.ValuesOf(mapped));
        }

        sample.Options = sample.Options with { MostMemoryBytes = long.MaxValue };
        using FeatureTable read = sample.Build(items);
        Assert.True(read.IsInMemory);
        Assert.Equal(0, read.ComputedCount);
        Assert.Equal(FeatureSample.ValuesOf(plain), FeatureSample.ValuesOf(read));
    }

    [Fact]
    public void OrderBatchAndNeighboursDoNotMatter()
    {
        using var sample = new FeatureSample();
        float[][] forward = FeatureSample.ValuesOf(sample.BuildWithoutCache(sample.Pictures([.. Enumerable.Range(0, 11)])));
        float[][] backward = FeatureSample.ValuesOf(sample.BuildWithoutCache(sample.Pictures([.. Enumerable.Range(0, 11).Reverse()])));
        Assert.Equal(forward, backward.Reverse());
        Assert.NotEqual(forward[0], forward[1]);
        Assert.Equal(forward[4], FeatureSample.ValuesOf(sample.BuildWithoutCache(sample.Pictures(4)))[0]);
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(1)]
    public void TheSamePictureIsComputedOnce(long memory)
    {
        using var sample = new FeatureSample();
        sample.Options = sample.Options with { MostMemoryBytes = memory };
        var told = new List<(int, int)>();
        using FeatureTable table = sample.Build(sample.Pictures(5, 6, 5, 5, 6), progress: (done, all) => told.Add((done, all)));
        float[][] values = FeatureSample.ValuesOf(table);
        Assert.Equal(2, table.ComputedCount);
        Assert.Equal(values[0], values[2]);
        Assert.Equal(values[0], values[3]);
        Assert.Equal(values[1], values[4]);
        Assert.NotEqual(values[0], values[1]);
        Assert.Equal(2 * 256, new FileInfo(sample.Files.Data).Length);
        Assert.Equal((5, 5), told[^1] with { Item1 = told[^1].Item1 + 3 });
    }

    [Fact]
    public void PicturesWithoutAFileAreToldApartByTheirSamples()
    {
        using var sample = new FeatureSample();
        DatasetItem[] items = [new FeatureSample.MemoryItem(1), new FeatureSample.MemoryItem(2)];
        using FeatureTable first = sample.Build(items);
        using (FeatureTable other = sample.Build([new FeatureSample.MemoryItem(3)]))
        {
            // The first table still writes this set.
            Assert.Equal(1, other.ComputedCount);
        }

        first.Dispose();
        using FeatureTable second = sample.Build([new FeatureSample.MemoryItem(2), new FeatureSample.MemoryItem(1)]);
        Assert.Equal(0, second.ComputedCount);
    }

    [Fact]
    public void EveryThingThatChangesFeaturesIsAnotherSet()
    {
        using var sample = new FeatureSample();
        using var otherWeights = new FeatureSample(seed: 1);
        using var larger = new FeatureSample(options: new BackboneOptions { InputSize = 64 });
        using FeatureExtractor level = FeatureExtractor.Open(sample.Backbone, ["layer3"], sample.Weights);
        Preprocessing preprocessing = sample.Backbone.InputPreprocessing;
        var region = new PictureFrame(preprocessing, JudgedRegion.Of(4, 4, [1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
        string[] ids =
        [
            Id(sample.Extractor, sample.Frame),
            Id(otherWeights.Extractor, sample.Frame),
            Id(larger.Extractor, larger.Frame),
            Id(level, sample.Frame),
            Id(sample.Extractor, new PictureFrame(preprocessing.WithUnit(), null)),
            Id(sample.Extractor, region),
            FeatureSetKey.Of(sample.Extractor, sample.Extractor.Levels[0], sample.Frame, "tiles 2x2").Id,
        ];
        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.Equal(ids[0], Id(sample.Extractor, sample.Frame));
        Assert.All(ids, id => Assert.Matches("^[0-9a-f]{32}$", id));

        static string Id(FeatureExtractor extractor, PictureFrame frame) => FeatureSetKey.Of(extractor, extractor.Levels[0], frame).Id;
    }

    [Fact]
    public void AnotherPictureOfTheSameNameIsComputed()
    {
        using var sample = new FeatureSample();
        IReadOnlyList<DatasetItem> items = sample.Pictures(1);
        sample.Build(items).Dispose();
        File.Copy(sample.Pictures(2)[0].FilePath!, items[0].FilePath!, overwrite: true);
        using FeatureTable table = sample.Build(items);
        Assert.Equal(1, table.ComputedCount);
    }

    [Fact]
    public void CancellationKeepsWhatWasComputed()
    {
        using var sample = new FeatureSample();
        IReadOnlyList<DatasetItem> items = sample.Pictures([.. Enumerable.Range(0, 40)]);
        using var stop = new CancellationTokenSource();
        int calls = 0;
        Assert.ThrowsAny<OperationCanceledException>(() => sample.Build(items, cancellation: stop.Token, progress: (_, _) =>
        {
            if (++calls == 3)
            {
                stop.Cancel();
            }
        }));
        using FeatureTable table = sample.Build(items);
        Assert.InRange(table.ComputedCount, 1, 24);
        Assert.Equal(FeatureSample.ValuesOf(sample.BuildWithoutCache(items)), FeatureSample.ValuesOf(table));
    }

    [Fact]
    public void WhatIsMissingAtOneLevelOnlyIsWrittenThereOnly()
    {
        using var sample = new FeatureSample();
        IReadOnlyList<DatasetItem> items = sample.Pictures(1, 2);
        sample.Build(items).Dispose();
        using FeatureExtractor both = FeatureExtractor.Open(sample.Backbone, ["last", "layer1"], sample.Weights);
        using (FeatureTable table = sample.Build(items, both))
        {
            Assert.Equal(2, table.ComputedCount);
        }

        long[] sizes = [.. Directory.GetFiles(sample.CacheFolder, "features.bin", SearchOption.AllDirectories).Select(file => new FileInfo(file).Length).Order()];
        Assert.Equal([2 * 256, 2 * 8 * 8 * 8 * 4], sizes);
    }

    [Fact]
    public void APictureThatCannotBeReadIsNamed()
    {
        using var sample = new FeatureSample();
        IReadOnlyList<DatasetItem> items = sample.Pictures(1, 2);
        File.WriteAllText(items[1].FilePath!, "no picture");
        ImageFormatException exception = Assert.Throws<ImageFormatException>(() => sample.Build(items));
        Assert.Contains("2.png", exception.Message, StringComparison.Ordinal);
        File.Delete(items[1].FilePath!);
        Assert.Contains("2.png", Assert.ThrowsAny<IOException>(() => sample.Build(items)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheTableKnowsWhatIsJudgedOfEachPicture()
    {
        using var sample = new FeatureSample();
        var region = JudgedRegion.Of(48, 48, [.. Enumerable.Range(0, 48 * 48).Select(i => (byte)(i % 48 + (i / 48) < 60 ? 1 : 0))])!;
        var frame = new PictureFrame(sample.Backbone.InputPreprocessing, region);
        IReadOnlyList<DatasetItem> items = sample.Pictures(1, 2);
        using FeatureTable table = FeatureTable.Build(sample.Extractor, items, frame, null);
        PictureFormat format = items[1].Identify();
        byte[] expected = frame.ViewOf(format.Width, format.Height).Judged!;
        Assert.Contains((byte)0, expected);
        Assert.Equal(expected, table.Judged(1).ToArray());
        using var pictures = new PictureSource(items, frame);
        using FeatureMemory memory = FeatureMemory.Of(sample.Extractor, pictures, default);
        Assert.Equal(expected, memory.Judged(0).ToArray());
        using FeatureTable whole = sample.Build(items);
        Assert.True(whole.Judged(0).IsEmpty);
    }

    [Fact]
    public void TrainingModeIsRefused()
    {
        using var sample = new FeatureSample();
        using FeatureExtractor training = FeatureExtractor.Open(FeatureSample.Make(new BackboneOptions { IsTraining = true }), ["last"], sample.Weights);
        Assert.False(training.IsDeterministic);
        Assert.Throws<ArgumentException>(() => sample.Build(sample.Pictures(1), training));
    }

    [Fact]
    public void WeightsFromNoFileAreNotKept()
    {
        using var sample = new FeatureSample();
        using var scope = new GoNoGo.Tensors.Memory.TensorScope();
        using FeatureExtractor extractor = FeatureExtractor.Create(sample.Backbone, ["last"], Backbones.BackboneGolden.Formula(scope));
        using FeatureTable table = sample.Build(sample.Pictures(1), extractor);
        Assert.False(Directory.Exists(sample.CacheFolder));
        Assert.Equal(FeatureSample.ValuesOf(sample.BuildWithoutCache(sample.Pictures(1))), FeatureSample.ValuesOf(table));
    }
}
