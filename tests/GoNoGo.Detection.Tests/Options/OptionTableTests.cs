using System.Globalization;
using GoNoGo.Detection.Detectors;
using GoNoGo.Detection.Options;
using Xunit;

namespace GoNoGo.Detection.Tests.Options;

public sealed class OptionTableTests
{
    /// <summary>Choice numbers of the list of open choices between paper and code, and the ids that stand for them.</summary>
    private static readonly (int Choice, string Id, string Default, string PaperCode)[] VtAdlChoices =
    [
        (26, "vtadl-likelihood", "mixture", "as-coded"),
        (26, "sigma-floor", "0.1", "0"),
        (27, "gaussians", "150", "10"),
        (28, "mdn-gradients", "reset", "accumulate"),
        (29, "image-score", "combined", "as-coded"),
        (30, "noise-on", "mixture", "encoder-output"),
        (30, "noise-sigma", "0.2", "0.2"),
        (31, "output-range", "sigmoid", "tanh"),
        (32, "attention-scale", "head", "width"),
        (33, "map-smoothing", "0", "4"),
        (34, "decoder-layers", "6", "6"),
        (35, "projection", "capsule", "capsule-without-epsilon"),
        (36, "framing", "whole", "crop"),
        (37, "validation", "hold-out", "none"),
        (38, "class-token", "used", "used"),
    ];

    /// <summary>Those of the normalizing flow. The default score is the likelihood by measurement, the list has the energy.</summary>
    private static readonly (int Choice, string Id, string Default, string PaperCode)[] FlowChoices =
    [
        (4, "split", "0.8", "0.8"),
        (4, "split-seed", "24", "24"),
        (5, "shuffle", "true", "false"),
        (12, "map-upsampling", "half-pixel", "half-pixel"),
        (13, "image-reduction", "max", "max"),
        (15, "flow-score", "likelihood", "probability"),
        (16, "flow-clamp", "tanh-a", "tanh-a"),
        (16, "clamp", "2", "2"),
        (17, "flow-permutation", "index", "matrix"),
        (18, "level-norm", "plain", "affine-unsaved"),
        (19, "patience", "30", "30"),
        (19, "max-epochs", "500", "500"),
        (20, "best-weights", "restore", "last-epoch"),
        (21, "optimizer", "adam", "adam"),
        (24, "mask-resize", "nearest", "bilinear-nonzero"),
        (25, "threshold-from", "validation", "none"),
    ];

    [Fact]
    public void VtAdlHasEveryChoiceByItsId() => Require("vtadl", VtAdlChoices);

    [Fact]
    public void TheFlowHasEveryChoiceByItsId() => Require("flow", FlowChoices);

    private static void Require(string detector, (int Choice, string Id, string Default, string PaperCode)[] choices)
    {
        OptionTable table = DetectorCatalog.Find(detector).Options;
        OptionSet defaults = table.Create();
        OptionSet code = table.Create("paper-code");
        foreach ((int choice, string id, string defaultValue, string paperCode) in choices)
        {
            Assert.Equal(choice, table[id].Choice);
            Assert.Equal(defaultValue, defaults[id]);
            Assert.Equal(paperCode, code[id]);
        }
    }

    [Theory]
    [InlineData("vtadl", "gausians=5", "did you mean 'gaussians'")]
    [InlineData("vtadl", "gaussians=many", "a whole number in 1 .. 1000")]
    [InlineData("vtadl", "gaussians=0", "a whole number in 1 .. 1000")]
    [InlineData("vtadl", "sigma-floor=0,5", "decimal point")]
    [InlineData("vtadl", "framing=hole", "did you mean 'whole'")]
    [InlineData("vtadl", "shuffle=perhaps", "true | false")]
    [InlineData("autoencoder", "gaussians", "option=value")]
    public void WrongSettingsSayWhatIsAllowed(string detector, string setting, string expected)
    {
        OptionException exception = Assert.Throws<OptionException>(() => DetectorCatalog.Find(detector).Options.Create("default", [setting]));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    /// <summary>A preset of a table's own begins with the default values, and settings come after it.</summary>
    [Fact]
    public void ATableMayHavePresetsOfItsOwn()
    {
        OptionTable table = DetectorCatalog.Find("flow").Options;
        Assert.Equal(["default", "paper-code", "paper-text", "fastflow"], table.PresetNames);
        OptionSet options = table.Create("fastflow", ["validation=hold-out"]);
        Assert.Equal(("hold-out", "last-epoch", "true"), (options["validation"], options["best-weights"], options["shuffle"]));
        Assert.Equal(["input-size=384"], table.BackboneSettings("fastflow"));
        Assert.Empty(table.BackboneSettings("default"));
        OptionException exception = Assert.Throws<OptionException>(() => table.Create("fastflw"));
        Assert.Contains("paper-text, fastflow", exception.Message, StringComparison.Ordinal);
        Assert.Throws<OptionException>(() => DetectorCatalog.Find("padim").Options.Create("fastflow"));
    }

    [Fact]
    public void UnknownDetectorsAndPresetsAreNamedWithTheNearest()
    {
        Assert.Contains("did you mean 'vtadl'", Assert.Throws<OptionException>(() => DetectorCatalog.Find("vtdal")).Message, StringComparison.Ordinal);
        Assert.Contains("did you mean 'paper-code'", Assert.Throws<OptionException>(() => DetectorCatalog.Find("vtadl").Options.Create("papercode")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NumbersAreWrittenTheSameUnderEveryCulture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            OptionSet options = DetectorCatalog.Find("vtadl").Options.Create("default", ["noise-sigma=0.25"]);
            Assert.Equal("0.25", options["noise-sigma"]);
            Assert.Equal(0.25, options.Number("noise-sigma"));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData("size=500")]
    [InlineData("patch=60")]
    [InlineData("heads=7")]
    [InlineData("size=256", "patch=16", "decoder-layers=2", "code=100")]
    [InlineData("channels=2")]
    public void OptionsThatDoNotFitTogetherAreRefused(params string[] settings)
    {
        OptionSet options = DetectorCatalog.Find("vtadl").Options.Create("default", settings);
        OptionException exception = Assert.Throws<OptionException>(() => GoNoGo.Detection.Detectors.VtAdl.VtAdlSettings.From(options));
        Assert.Contains("do not fit together", exception.Message, StringComparison.Ordinal);
    }
}
