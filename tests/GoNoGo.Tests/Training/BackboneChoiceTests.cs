using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Detectors;
using GoNoGo.Testing.SyntheticData;
using GoNoGo.Training;
using GoNoGo.Vision.Imaging;
using Xunit;

namespace GoNoGo.Tests.Training;

/// <summary>What presets and settings of a training mean for the backbone.</summary>
public sealed class BackboneChoiceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public BackboneChoiceTests() => File.WriteAllBytes(_folder["weights"], []);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ThePresetOfAPapersDetectorReachesTheBackbone()
    {
        BackboneChoice code = Choose(Paper, "paper-code");
        Assert.True(code.Backbone.Options.IsTraining);
        Assert.Equal(InputScaling.Unit, code.Backbone.Options.Scaling);
        Assert.Equal(["layer3", "layer4"], code.Levels);
        Assert.Equal(["layer2", "layer3", "layer4"], Choose(DetectorCatalog.Find("flow"), "paper-code").Levels);
        BackboneChoice text = Choose(Paper, "paper-text");
        Assert.False(text.Backbone.Options.IsTraining);
        Assert.Equal(InputScaling.MinMax, text.Backbone.Options.Scaling);
        BackboneChoice usual = Choose(Paper, "default");
        Assert.Equal((false, InputScaling.ImageNet), (usual.Backbone.Options.IsTraining, usual.Backbone.Options.Scaling));
        Assert.Equal(["layer2", "layer3"], usual.Levels);
    }

    [Fact]
    public void SettingsAndLevelsOverrideThePreset()
    {
        BackboneChoice choice = BackboneChoice.Of(Request("paper-code", "backbone-mode=eval", "gaussians=7") with { Levels = ["layer1"] }, Paper, out IReadOnlyList<string> own)!;
        Assert.Equal((false, InputScaling.Unit), (choice.Backbone.Options.IsTraining, choice.Backbone.Options.Scaling));
        Assert.Equal(["layer1"], choice.Levels);
        Assert.Equal(["gaussians=7"], own);
    }

    [Fact]
    public void OfAVisionTransformerThePaperLooksAtTheEnd()
    {
        BackboneChoice choice = BackboneChoice.Of(Request("paper-code") with { Backbone = "deit-tiny" }, Paper, out _)!;
        Assert.Equal([Backbone.LastLevel], choice.Levels);
        Assert.Equal(BlockNorm.EveryBlock, choice.Backbone.Options.BlockNorm);
    }

    [Fact]
    public void AYardstickLooksAtTheBackboneAsItShouldBe()
    {
        BackboneChoice choice = Choose(DetectorCatalog.Find("patchcore"), "paper-code");
        Assert.Equal((false, InputScaling.ImageNet), (choice.Backbone.Options.IsTraining, choice.Backbone.Options.Scaling));
        Assert.Equal(["layer2", "layer3"], choice.Levels);
    }

    /// <summary>Settings of the command come after those of the preset; a family without the option is left as it is.</summary>
    [Fact]
    public void APresetOfATablesOwnReachesTheBackbone()
    {
        DetectorEntry flow = DetectorCatalog.Find("flow");
        Assert.Equal(384, Choose(flow, "fastflow").Backbone.InputSize);
        Assert.Equal(InputScaling.ImageNet, Choose(flow, "fastflow").Backbone.Options.Scaling);
        Assert.Equal(["layer2", "layer3"], Choose(flow, "fastflow").Levels);
        Assert.Equal(256, BackboneChoice.Of(Request("fastflow", "input-size=256"), flow, out _)!.Backbone.InputSize);
        Assert.Equal(224, BackboneChoice.Of(Request("fastflow") with { Backbone = "efficientformer-l1" }, flow, out _)!.Backbone.InputSize);
    }

    private static DetectorEntry Paper { get; } = DetectorCatalog.Find("gmm");

    private BackboneChoice Choose(DetectorEntry entry, string preset) => BackboneChoice.Of(Request(preset), entry, out _)!;

    private TrainRequest Request(string preset, params string[] settings) =>
        new("data", "x.gonogo") { Backbone = "resnet18", Preset = preset, Settings = settings, Weights = _folder["weights"] };
}
