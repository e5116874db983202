using GoNoGo.Evaluation.Metrics.Pixel;
using GoNoGo.Evaluation.Storage;
using GoNoGo.Evaluation.Tests.Metrics;

namespace GoNoGo.Evaluation.Tests.Storage;

public sealed class SpillTests
{
    [Theory]
    [InlineData(0, 4096, 0)]
    [InlineData(20_000, 500, 0)]
    [InlineData(20_000, 500, 4)]
    [InlineData(1 << 30, 500, 0)]
    [InlineData(1 << 30, 500, 2)]
    [InlineData(1 << 30, 60, 1)]
    public void MemoryLimitAndRangesChangeNoBit(long memoryLimit, int rangeLength, int levels)
    {
        // Few levels put more equal scores into a bucket than a range holds.
        var maps = RandomMaps.Make(31, 9, 70, 50, levels);
        PixelMetricsResult expected = maps.Compute();
        using var metrics = new PixelMetrics(memoryLimit, null, rangeLength);
        maps.Fill(metrics);
        Assert.Equal(memoryLimit < 1 << 30, metrics.HasSpilled);
        InvarianceTests.Same(expected, metrics.Compute());
        InvarianceTests.Same(expected, metrics.Compute());

        using var whole = new PixelMetrics();
        maps.Fill(whole);
        Assert.Equal(whole.RegionOverlaps(0.5f), metrics.RegionOverlaps(0.5f));
    }

    [Fact]
    public void TheTemporaryFileVanishes()
    {
        string folder = Directory.CreateTempSubdirectory("gonogo-spill").FullName;
        try
        {
            var maps = RandomMaps.Make(32, 2, 30, 30, 0);
            using (var metrics = new PixelMetrics(0, folder))
            {
                maps.Fill(metrics);
                Assert.StartsWith(folder, metrics.SpillPath, StringComparison.Ordinal);

                // On Unix the name is gone at once: a killed process leaves nothing either.
                Assert.True(OperatingSystem.IsWindows() || Directory.GetFiles(folder).Length == 0);
                Assert.Throws<ArgumentException>(() => metrics.Add([float.NaN], [], 1, 1));
            }

            Assert.Empty(Directory.GetFiles(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void AFolderThatIsNotThereIsNamed()
    {
        string folder = Path.Combine(Path.GetTempPath(), "gonogo-no-such-folder", "below");
        using var metrics = new PixelMetrics(0, folder);
        SpillFileException error = Assert.Throws<SpillFileException>(() => metrics.Add([1f, 2f], [0, 1], 2, 1));
        Assert.StartsWith(folder, error.Path, StringComparison.Ordinal);
        Assert.Contains(folder, error.Message, StringComparison.Ordinal);
        Assert.Throws<SpillFileException>(() => new SpillFile(folder));
    }

    [Fact]
    public void AfterDisposalNothingWorks()
    {
        var metrics = new PixelMetrics();
        metrics.Dispose();
        metrics.Dispose();
        Assert.Throws<ObjectDisposedException>(() => metrics.Add([1f], [], 1, 1));
        Assert.Throws<ObjectDisposedException>(() => metrics.Compute());
    }
}
