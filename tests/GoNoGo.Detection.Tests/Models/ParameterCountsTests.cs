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
