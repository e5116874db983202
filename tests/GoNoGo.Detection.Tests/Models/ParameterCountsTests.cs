using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Detectors;
using GoNoGo.Detection.Models;
using Xunit;

namespace GoNoGo.Detection.Tests.Models;

/// <summary>Counts of detectors, without the weights of anything.</summary>
public sealed class ParameterCountsTests
{
    [Theory]
    [InlineData("deit-base", "last", 85_800_192)]
    [InlineData("esvit-tiny", "last", 27_569_754)]
    [InlineData("efficientformer-l3", "last", 30_380_000)]
    [InlineData("resnet50", "layer4", 23_508_032)]
    public void TheBackboneIsCountedWithoutItsHeads(string backbone, string level, long expected)
    {
        ParameterCounts counts = Count("padim", backbone, [level]);
        Assert.Equal(0, counts.Trainable);
        Assert.Null(counts.Published);
        Assert.Equal(expected, counts.Backbone);
    }

    /// <summary>Table 1 of Alber et al. 2024 in millions: 31, 31, 14 and 115 (which is 115.8 truncated).</summary>
    [Theory]
    [InlineData("deit-base", "last", 7_074_500, 30_968_516)]
    [InlineData("esvit-tiny", "last", 7_074_500, 30_742_724)]
    [InlineData("efficientformer-l3", "last", 3_103_520, 13_639_456)]
    [InlineData("resnet50", "layer2,layer3,layer4", 26_323_168, 115_808_480)]
    public void FlowsAreCountedAsPublished(string backbone, string levels, long trainable, long published)
    {
        ParameterCounts counts = Count("flow", backbone, levels.Split(','), ["level-norm=plain"], "paper-code");
        Assert.Equal(trainable, counts.Trainable);
        Assert.Equal(published, counts.Published);
    }

    /// <summary>Table 1 of Alber et al. 2024 in millions: 118, 118, 53 and 525. No network is made: that of a ResNet-50 would take 2 GB.</summary>
    [Theory]
    [InlineData("deit-base", "last", 100, 118_195_300)]
    [InlineData("esvit-tiny", "last", 100, 118_195_300)]
    [InlineData("efficientformer-l3", "last", 100, 52_582_500)]
    [InlineData("resnet50", "layer3,layer4", 50, 524_748_900)]
    public void MixturesAreCountedAsPublished(string backbone, string levels, int components, long published)
    {
        ParameterCounts counts = Count("gmm", backbone, levels.Split(','), [$"gaussians={components}", "level-norm=plain"], "paper-code");
        Assert.Equal(published, counts.Published);
        Assert.Equal(published, counts.Trainable);
    }

    [Fact]
    public void VtAdlHasWhatTheReferenceCounts()
    {
        DetectorEntry entry = DetectorCatalog.Find("vtadl");
        ParameterCounts counts = ParameterCounts.Of(entry, entry.Options.Create("paper-code", []), null, []);
        Assert.Equal(18_933_248 + 16_777_216 + 142_099 + 5_248_000, counts.Trainable);
        Assert.Null(counts.Backbone);
    }

    private static ParameterCounts Count(string detector, string backbone, string[] levels, string[]? settings = null, string preset = "default")
    {
        DetectorEntry entry = DetectorCatalog.Find(detector);
        return ParameterCounts.Of(entry, entry.Options.Create(preset, settings ?? []), BackboneCatalog.Create(backbone), levels);
    }
}
