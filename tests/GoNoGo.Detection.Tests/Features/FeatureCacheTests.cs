using GoNoGo.Detection.Features;
using GoNoGo.Detection.Features.Caching;
using GoNoGo.Vision.Datasets;
using Xunit;

namespace GoNoGo.Detection.Tests.Features;

/// <summary>The cache on disk: killed writers, damage, several users at once, limits.</summary>
public sealed class FeatureCacheTests
{
    private const int RecordBytes = 256;
    private const int EntryBytes = 48;

    [Fact]
    public void AWriterKilledAtAnyByteOfTheLastRecordCostsThatRecordOnly()
    {
        using var sample = new FeatureSample();
        IReadOnlyList<DatasetItem> items = sample.Pictures(1, 2, 3);
        float[][] expected = FeatureSample.ValuesOf(sample.BuildWithoutCache(items));
        sample.Build(items).Dispose();
        (string data, string index) = sample.Files;
        byte[] wholeData = File.ReadAllBytes(data);
        byte[] wholeIndex = File.ReadAllBytes(index);
        Assert.Equal((3 * RecordBytes, 3 * EntryBytes), (wholeData.Length, wholeIndex.Length));
        for (int cut = 0; cut < RecordBytes; cut += cut < 16 ? 1 : 16)
        {
            // The record was being written: no entry yet. And the same with the entry already there, as a disk may order it.
            Check(wholeData[..((2 * RecordBytes) + cut)], wholeIndex[..(2 * EntryBytes)]);
            Check(wholeData[..((2 * RecordBytes) + cut)], wholeIndex);
        }

        for (int cut = 0; cut < EntryBytes; cut++)
        {
            Check(wholeData, wholeIndex[..((2 * EntryBytes) + cut)]);
            Check(wholeData, Garbled(wholeIndex, (2 * EntryBytes) + cut));
        }

        for (int place = 0; place < RecordBytes; place += 5)
        {
            Check(Garbled(wholeData, (2 * RecordBytes) + place), wholeIndex);
        }

        void Check(byte[] dataBytes, byte[] indexBytes)
        {
            File.WriteAllBytes(data, dataBytes);
            File.WriteAllBytes(index, indexBytes);
            using (FeatureTable table = sample.Build(items))
            {
                Assert.Equal(1, table.ComputedCount);
                Assert.Equal(expected, FeatureSample.ValuesOf(table));
            }

            using FeatureTable again = sample.Build(items);
            Assert.Equal(0, again.ComputedCount);
            Assert.Equal(expected, FeatureSample.ValuesOf(again));
        }
    }

    [Fact]
    public void ADamagedRecordIsComputedAnewAndSaid()
    {
        using var sample = new FeatureSample();
        IReadOnlyList<DatasetItem> items = sample.Pictures(1, 2, 3);
        float[][] expected = FeatureSample.ValuesOf(sample.BuildWithoutCache(items));
        sample.Build(items).Dispose();
        File.WriteAllBytes(sample.Files.Data, Garbled(File.ReadAllBytes(sample.Files.Data), RecordBytes + 7));
        using FeatureTable table = sample.Build(items);
        Assert.Equal(1, table.ComputedCount);
        Assert.Equal("the feature cache held damaged features; they were computed anew.", Assert.Single(table.Notes));
        Assert.Equal(expected, FeatureSample.ValuesOf(table));
    }

    [Fact]
    public void EntriesBehindABrokenOneDoNotComeBack()
    {
        using var sample = new FeatureSample();
        sample.Build(sample.Pictures(1, 2, 3)).Dispose();
        File.WriteAllBytes(sample.Files.Index, Garbled(File.ReadAllBytes(sample.Files.Index), EntryBytes + 1));
        using (FeatureTable table = sample.Build(sample.Pictures(4)))
        {
            Assert.Equal(1, table.ComputedCount);
        }

        Assert.Equal(2 * EntryBytes, new FileInfo(sample.Files.Index).Length);
        using FeatureTable all = sample.Build(sample.Pictures(1, 2, 3, 4));
        Assert.Equal(2, all.ComputedCount);
        Assert.Equal(FeatureSample.ValuesOf(sample.BuildWithoutCache(sample.Pictures(1, 2, 3, 4))), FeatureSample.ValuesOf(all));
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(1)]
    public void TwoAtOnceGetTheSame(long memory)
    {
        using var sample = new FeatureSample();
        sample.Options = sample.Options with { MostMemoryBytes = memory };
        sample.Build(sample.Pictures(1)).Dispose();
        using FeatureTable writer = sample.Build(sample.Pictures(1, 2));
        using FeatureTable second = sample.Build(sample.Pictures(2, 1, 3));
        Assert.Equal(1, writer.ComputedCount);
        // It sees what was on the disk when it came, and computes the rest for itself.
        Assert.Equal(1, second.ComputedCount);
        Assert.Contains("another process", Assert.Single(second.Notes), StringComparison.Ordinal);
        Assert.Equal(FeatureSample.ValuesOf(sample.BuildWithoutCache(sample.Pictures(2, 1, 3))), FeatureSample.ValuesOf(second));
        Assert.Equal(2 * RecordBytes, new FileInfo(sample.Files.Data).Length);
    }

    [Fact]
    public async Task ManyThreadsAtOnceGetTheSame()
    {
        using var sample = new FeatureSample();
        IReadOnlyList<DatasetItem> items = sample.Pictures([.. Enumerable.Range(0, 30)]);
        float[][] expected = FeatureSample.ValuesOf(sample.BuildWithoutCache(items));
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() =>
        {
            using FeatureTable table = sample.Build(items);
            Assert.Equal(expected, FeatureSample.ValuesOf(table));
        })));
        using FeatureTable last = sample.Build(items);
        Assert.Equal(expected, FeatureSample.ValuesOf(last));
    }

    [Fact]
    public void TheSetUsedLongestAgoMakesWay()
    {
        using var sample = new FeatureSample();
        using FeatureExtractor layer1 = FeatureExtractor.Open(sample.Backbone, ["layer1"], sample.Weights);
        using FeatureExtractor layer2 = FeatureExtractor.Open(sample.Backbone, ["layer2"], sample.Weights);
        IReadOnlyList<DatasetItem> items = sample.Pictures(1, 2);
        var cache = new FeatureCache(sample.Options);
        sample.Build(items).Dispose();
        sample.Build(items, layer1).Dispose();
        Age(cache, "last", 1);
        Age(cache, "layer1", 2);
        long bytes = cache.List().Sum(set => set.Bytes);
        sample.Options = sample.Options with { MostBytes = bytes + 100 };
        sample.Build(items, layer2).Dispose();
        string[] left = [.. cache.List().Select(set => set.About.Split('\n').Single(line => line.StartsWith("level ", StringComparison.Ordinal)).Split(' ')[1])];
        Assert.Equal(["layer2", "last"], left);

        // A set in use stays, however large.
        sample.Options = sample.Options with { MostBytes = 1 };
        using FeatureTable table = sample.Build(items, layer2);
        Assert.Equal(0, table.ComputedCount);
        Assert.Single(cache.List());
    }

    [Fact]
    public void ClearRemovesAllButWhatIsInUse()
    {
        using var sample = new FeatureSample();
        using FeatureExtractor layer1 = FeatureExtractor.Open(sample.Backbone, ["layer1"], sample.Weights);
        IReadOnlyList<DatasetItem> items = sample.Pictures(1, 2);
        var cache = new FeatureCache(sample.Options);
        Assert.Equal((0, 0), cache.Clear());
        sample.Build(items).Dispose();
        Directory.CreateDirectory(Path.Combine(sample.CacheFolder, "not-ours"));
        Directory.CreateDirectory(Path.Combine(sample.CacheFolder, new string('a', 32) + ".removed"));
        using (FeatureTable used = sample.Build(items, layer1))
        {
            (long bytes, int inUse) = cache.Clear();
            Assert.True(bytes > 2 * RecordBytes);
            Assert.Equal(1, inUse);
            Assert.Equal(2, FeatureSample.ValuesOf(used).Length);
        }

        Assert.Equal(0, cache.Clear().InUse);
        Assert.Equal(["not-ours"], Directory.GetDirectories(sample.CacheFolder).Select(Path.GetFileName));
    }

    [Fact]
    public void AMappedReaderOutlivesTheRemovalOfItsSet()
    {
        using var sample = new FeatureSample();
        sample.Options = sample.Options with { MostMemoryBytes = 1 };
        IReadOnlyList<DatasetItem> items = sample.Pictures(1, 2);
        using FeatureTable table = sample.Build(items);
        float[][] before = FeatureSample.ValuesOf(table);
        if (!OperatingSystem.IsWindows())
        {
            Directory.Delete(sample.CacheFolder, recursive: true);
        }

        Assert.Equal(before, FeatureSample.ValuesOf(table));
    }

    [Fact]
    public void AFolderThatCannotBeUsedCostsTheCacheOnly()
    {
        using var sample = new FeatureSample();
        File.WriteAllText(sample["file"], "");
        sample.Options = sample.Options with { Folder = Path.Combine(sample["file"], "cache"), MostMemoryBytes = 1 };
        using FeatureTable table = sample.Build(sample.Pictures(1, 2));
        Assert.True(table.IsInMemory);
        Assert.Equal(FeatureSample.ValuesOf(sample.BuildWithoutCache(sample.Pictures(1, 2))), FeatureSample.ValuesOf(table));
        string note = Assert.Single(table.Notes);
        Assert.Contains("cannot be used", note, StringComparison.Ordinal);
        Assert.Contains("GONOGO_CACHE", note, StringComparison.Ordinal);
        Assert.Empty(new FeatureCache(sample.Options).List());
    }

    [Fact]
    public void AFullDiskCostsTheCacheOnly()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/dev/full"), "needs /dev/full");
        using var sample = new FeatureSample();
        IReadOnlyList<DatasetItem> items = sample.Pictures(1, 2);
        sample.Build(items).Dispose();
        string index = sample.Files.Index;
        File.Delete(index);
        File.CreateSymbolicLink(index, "/dev/full");
        using FeatureTable table = sample.Build(items);
        Assert.Equal(FeatureSample.ValuesOf(sample.BuildWithoutCache(items)), FeatureSample.ValuesOf(table));
        Assert.Contains("cannot be used", Assert.Single(table.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void WhatNoMemoryHoldsIsSaidBeforeAnyWork()
    {
        using var sample = new FeatureSample("layer1");
        File.WriteAllText(sample["file"], "");
        sample.Options = sample.Options with { Folder = Path.Combine(sample["file"], "cache"), MostMemoryBytes = 1 };
        // 2 KB a picture: no machine holds two thousand million of them. The list is never walked.
        var items = new Many(2_000_000_000);
        FeatureCacheException exception = Assert.Throws<FeatureCacheException>(() => sample.Build(items));
        Assert.Contains("neither the memory", exception.Message, StringComparison.Ordinal);
        Assert.Contains("GONOGO_CACHE", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("much")]
    public void ALimitThatIsNoSizeIsRefused(string value)
    {
        string? before = Environment.GetEnvironmentVariable(FeatureCacheOptions.LimitVariable);
        Environment.SetEnvironmentVariable(FeatureCacheOptions.LimitVariable, value);
        try
        {
            Assert.Contains(value, Assert.Throws<FeatureCacheException>(FeatureCacheOptions.FromEnvironment).Message, StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable(FeatureCacheOptions.LimitVariable, before);
        }
    }

    private static void Age(FeatureCache cache, string level, int days)
    {
        string set = cache.List().Single(set => set.About.Contains($"level {level} ", StringComparison.Ordinal)).Folder;
        foreach (string file in Directory.GetFiles(set))
        {
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddDays(-days));
        }
    }

    private static byte[] Garbled(byte[] bytes, int place)
    {
        byte[] copy = [.. bytes];
        copy[place] ^= 0x55;
        return copy;
    }

    private sealed class Many(int count) : IReadOnlyList<DatasetItem>
    {
        public int Count => count;

        public DatasetItem this[int index] => throw new NotSupportedException();

        public IEnumerator<DatasetItem> GetEnumerator() => throw new NotSupportedException();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => throw new NotSupportedException();
    }
}
