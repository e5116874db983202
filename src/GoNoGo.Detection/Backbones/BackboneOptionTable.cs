using GoNoGo.Detection.Options;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Detection.Backbones;

/// <summary>The options of the backbones, one table for each family: what changes the features that a network gives.</summary>
public static class BackboneOptionTable
{
    private const string Student = "student";
    private const string Teacher = "teacher";
    private const string Eval = "eval";
    private const string Train = "train";
    private const string Once = "once";
    private const string EveryBlock = "every-block";
    private const string Native = "native";

    private static readonly OptionDefinition InputSize =
        OptionDefinition.OfInteger("input-size", 0, 0, 4096, "Rows and columns of the input in pixels; 0 = the size that the weights were trained at.");

    private static readonly OptionDefinition Mode = OptionDefinition.OfWords(
        "backbone-mode", Eval, [Eval, Train], "Evaluation mode, or training mode as the published code left it: batch statistics and stochastic depth, so that features depend on the batch.")
        with
    { Choice = 1, PaperCode = Train };

    private static readonly OptionDefinition Scaling = OptionDefinition.OfForm(
        InputScalingOption.Id, InputScalingOption.ImageNet, "imagenet | unit | minmax | MIN..MAX,MIN..MAX,MIN..MAX", InputScalingOption.Write,
        "Mean and deviation of the weights; only full scale to 1; each channel's range over the pictures that are fitted to 0 and 1, found by training; or these ranges.")
        with
    { Choice = 2, PaperCode = InputScalingOption.Unit, PaperText = InputScalingOption.MinMax };

    private static readonly OptionDefinition Resize = OptionDefinition.OfWords(
        "resize", "bilinear", ["bilinear", "bicubic", Native], "Straight to the input size with an antialiased filter, or the weights' own resize and centre crop.") with
    { Choice = 3 };

    private static readonly OptionDefinition Norm = OptionDefinition.OfWords(
        "block-norm", Once, [Once, EveryBlock], "The final norm once after the last block used, or after every block up to it.") with
    { Choice = 6, PaperCode = EveryBlock };

    private static readonly OptionDefinition Epsilon = OptionDefinition.OfNumber(
        "norm-eps", 1e-6, 1e-12, 1, "Added to the variance in layer norms.") with
    { Choice = 7, PaperCode = "1E-05" };

    private static readonly OptionDefinition Branch = OptionDefinition.OfWords(
        "esvit-branch", Student, [Student, Teacher], "Which of the two networks of the training checkpoint.") with
    { Choice = 8 };

    private static readonly Dictionary<string, OptionTable> Tables = new(StringComparer.Ordinal)
    {
        ["vit"] = Table("vit", InputSize, Scaling, Resize, Norm),
        ["swin"] = Table("swin", InputSize, Mode, Scaling, Resize, Epsilon, Branch),
        ["efficientformer"] = Table("efficientformer", Mode, Scaling, Resize),
        ["resnet"] = Table("resnet", InputSize, Mode, Scaling, Resize),
    };

    /// <summary>The table of a family; families without an entry have the options of any network.</summary>
    public static OptionTable Of(string family) =>
        Tables.TryGetValue(family, out OptionTable? table) ? table : Table(family, InputSize, Scaling, Resize);

    /// <summary>The options as the backbones take them.</summary>
    public static BackboneOptions Read(OptionSet options)
    {
        ArgumentNullException.ThrowIfNull(options);
        (InputScaling scaling, IReadOnlyList<ChannelRange> ranges) = InputScalingOption.Read(options[Scaling.Id]);
        return new BackboneOptions
        {
            InputSize = options.Values.ContainsKey(InputSize.Id) ? options.Integer(InputSize.Id) : 0,
            BlockNorm = Is(options, Norm, EveryBlock) ? BlockNorm.EveryBlock : BlockNorm.Once,
            NormEpsilon = options.Values.ContainsKey(Epsilon.Id) ? (float)options.Number(Epsilon.Id) : null,
            IsTraining = Is(options, Mode, Train),
            Scaling = scaling,
            Ranges = ranges,
            UsesOwnFraming = Is(options, Resize, Native),
            IsBicubic = Is(options, Resize, "bicubic"),
            Branch = Is(options, Branch, Teacher) ? Teacher : null,
        };
    }

    private static OptionTable Table(string family, params OptionDefinition[] definitions) =>
        new(family, definitions) { Kind = "backbone family", Page = "docs/backbones.md" };

    private static bool Is(OptionSet options, OptionDefinition definition, string word) =>
        options.Values.TryGetValue(definition.Id, out string? value) && value == word;
}
