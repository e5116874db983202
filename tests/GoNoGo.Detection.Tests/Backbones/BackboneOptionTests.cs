using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Detectors;
using GoNoGo.Detection.Models;
using GoNoGo.Detection.Options;
using GoNoGo.Vision.Imaging;
using Xunit;

namespace GoNoGo.Detection.Tests.Backbones;

/// <summary>The options of the backbones and what the papers' presets make of them.</summary>
public sealed class BackboneOptionTests
{
    /// <summary>Choices 1, 2, 3, 6, 7 and 8 of the list of open choices, family by family.</summary>
    [Theory]
    [InlineData("vit", "paper-code", "input-scaling=unit resize=bilinear block-norm=every-block")]
    [InlineData("vit", "paper-text", "input-scaling=minmax resize=bilinear block-norm=once")]
    [InlineData("swin", "paper-code", "backbone-mode=train input-scaling=unit resize=bilinear norm-eps=1E-05 esvit-branch=student")]
    [InlineData("swin", "paper-text", "backbone-mode=eval input-scaling=minmax resize=bilinear norm-eps=1E-06 esvit-branch=student")]
    [InlineData("efficientformer", "paper-code", "backbone-mode=train input-scaling=unit resize=bilinear")]
    [InlineData("efficientformer", "paper-text", "backbone-mode=eval input-scaling=minmax resize=bilinear")]
    [InlineData("resnet", "paper-code", "backbone-mode=train input-scaling=unit resize=bilinear")]
    [InlineData("resnet", "paper-text", "backbone-mode=eval input-scaling=minmax resize=bilinear")]
    public void PresetsHaveThePapersValues(string family, string preset, string expected)
    {
        OptionSet options = BackboneOptionTable.Of(family).Create(preset);
        foreach (string pair in expected.Split(' '))
        {
            string[] parts = pair.Split('=');
            Assert.Equal(parts[1], options[parts[0]]);
        }

        Assert.Equal("0", options.Values.GetValueOrDefault("input-size") ?? "0");
    }

    /// <summary>Yardsticks that no preset is about keep the backbone as it should be.</summary>
    [Theory]
    [InlineData("padim", false)]
    [InlineData("patchcore", false)]
    [InlineData("gmm-em", false)]
    [InlineData("gmm", true)]
    [InlineData("flow", true)]
    [InlineData("vtadl", true)]
    public void OnlyDetectorsOfThePapersHaveTheirPresets(string detector, bool expected) =>
        Assert.Equal(expected, DetectorCatalog.Find(detector).Options.HasPaperPresets);

    [Theory]
    [InlineData("ImageNet", "imagenet")]
    [InlineData("minmax", "minmax")]
    [InlineData("0..1,0.25..0.5,-0.1..1e-1", "0..1,0.25..0.5,-0.1..0.1")]
    [InlineData("0.5..0.5,0..1,0..1", "0.5..0.5,0..1,0..1")]
    public void InputScalingHasOneWrittenForm(string given, string expected) =>
        Assert.Equal(expected, BackboneOptionTable.Of("resnet").Create("default", ["input-scaling=" + given])["input-scaling"]);

    [Theory]
    [InlineData("0..1")]
    [InlineData("0..1,0..1")]
    [InlineData("1..0,0..1,0..1")]
    [InlineData("0..NaN,0..1,0..1")]
    [InlineData("0..1,0..1,0..1e39")]
    [InlineData("maxmin")]
    public void InputScalingRefusesWhatIsNoRange(string value)
    {
        OptionException exception = Assert.Throws<OptionException>(() => BackboneOptionTable.Of("resnet").Create("default", ["input-scaling=" + value]));
        Assert.Contains("minmax | MIN..MAX,MIN..MAX,MIN..MAX", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RangesBecomeTheScalingOfTheInput()
    {
        Preprocessing preprocessing = Make("0.1..0.6,0..1,0.5..0.5").InputPreprocessing;
        Assert.Equal(InputScaling.MinMax, preprocessing.Scaling);
        Assert.Equal([0.1f, 0f, 0.5f], preprocessing.Mean);
        Assert.Equal([0.6f - 0.1f, 1f, 1f], preprocessing.Deviation);
        Assert.Equal(InputScaling.Unit, Make("minmax").InputPreprocessing.Scaling);
    }

    [Fact]
    public void AModelWithoutRangesIsRefused()
    {
        var stored = new StoredBackbone("resnet18", new SortedDictionary<string, string> { ["input-scaling"] = "minmax" }, ["last"], "", false);
        Assert.Contains("training finds", Assert.Throws<OptionException>(stored.Make).Message, StringComparison.Ordinal);
    }

    private static Backbone Make(string scaling) =>
        BackboneCatalog.Create("resnet18", BackboneOptionTable.Read(BackboneOptionTable.Of("resnet").Create("default", ["input-scaling=" + scaling])));
}
