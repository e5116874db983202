using GoNoGo.Detection.Options;

namespace GoNoGo.Detection.Detectors;

/// <summary>Options that every detector trained by gradient descent on pictures has: data, optimiser, stopping, judging.</summary>
internal static class CommonOptions
{
    public static OptionDefinition Split { get; } =
        OptionDefinition.OfNumber("split", 0.8, 0.05, 1, "Share of the good training pictures that the network is fitted to; the rest is held out.") with { Choice = 4 };

    public static OptionDefinition SplitSeed { get; } =
        OptionDefinition.OfInteger("split-seed", 24, 0, int.MaxValue, "Seed of the division into fit and held-out pictures; does not follow the training seed.") with { Choice = 4 };

    public static OptionDefinition Shuffle { get; } =
        OptionDefinition.OfSwitch("shuffle", true, "Draws a new order of the pictures each epoch.") with { Choice = 5 };

    public static OptionDefinition Resize { get; } =
        OptionDefinition.OfWords("resize", "bilinear", ["bilinear", "bicubic"], "Antialiased filter that brings pictures to the model size.") with { Choice = 3 };

    public static OptionDefinition Intensity { get; } = OptionDefinition.OfForm(
        "intensity", IntensityOption.Full, "full | auto | MIN..MAX (sample values, MIN below MAX)", IntensityOption.Write,
        "Sample values that become black and white: full scale of the depth; found from the pictures that are fitted; or given in the pictures' own samples, clamped outside (12 bits in 16-bit files: 0..4095).");

    public static OptionDefinition JpegScale { get; } = OptionDefinition.OfWords(
        JpegScaleOption.Id, "1", ["1", "2", "4", "8"], "JPEG pictures are decoded this many times smaller in each direction, faster and with other samples; other formats are decoded whole.");

    public static OptionDefinition Tile { get; } =
        OptionDefinition.OfInteger(TileSettings.SideId, 0, 0, 8192, "Side in picture pixels of the square tiles that a large picture is judged in, each at the model size; 0 judges the picture in one piece.");

    public static OptionDefinition TileOverlap { get; } =
        OptionDefinition.OfInteger(TileSettings.OverlapId, 32, 0, 4096, "Picture pixels that neighbouring tiles share at least, over which their maps are blended; at most half a tile.");

    public static OptionDefinition TileModel { get; } =
        OptionDefinition.OfWords(TileSettings.ModelId, TileSettings.Shared, [TileSettings.Shared, TileSettings.PerPosition], "One network for all tiles, or a network for each position in pictures of one size.");

    public static OptionDefinition TileScore { get; } =
        OptionDefinition.OfWords(TileSettings.ScoreId, TileSettings.Standardised, [TileSettings.Largest, TileSettings.Standardised], "The image score is the largest of the tiles' scores; or of their deviations from what held-out good parts score at the tile's position, and the map likewise.");

    public static OptionDefinition Patience { get; } =
        OptionDefinition.OfInteger("patience", 30, 0, 100_000, "Epochs without a better held-out loss that are endured; training stops when there is one more.") with { Choice = 19 };

    public static OptionDefinition MaxEpochs { get; } =
        OptionDefinition.OfInteger("max-epochs", 400, 1, 1_000_000, "Most epochs that are run.") with { Choice = 19 };

    public static OptionDefinition BestWeights { get; } =
        OptionDefinition.OfWords("best-weights", "restore", ["restore", "last-epoch"], "Which weights the model keeps: those of the best epoch, or the last ones.") with { Choice = 20 };

    public static OptionDefinition Optimizer { get; } =
        OptionDefinition.OfWords("optimizer", "adam", ["adam", "adamw"], "Adam with L2 decay in the gradient, or AdamW with decoupled decay.") with { Choice = 21 };

    public static OptionDefinition BatchSize { get; } =
        OptionDefinition.OfInteger("batch-size", 8, 1, 4096, "Pictures a training step.");

    public static OptionDefinition LearningRate { get; } =
        OptionDefinition.OfNumber("learning-rate", 1e-4, 0, 10, "Step size of the optimiser.");

    public static OptionDefinition WeightDecay { get; } =
        OptionDefinition.OfNumber("weight-decay", 1e-4, 0, 10, "Weight decay of the optimiser.");

    public static OptionDefinition MaskResize { get; } =
        OptionDefinition.OfWords("mask-resize", "nearest", ["nearest", "bilinear-nonzero"], "Rule that reduces ground-truth masks to the map size.") with { Choice = 24, PaperCode = "bilinear-nonzero" };

    public static OptionDefinition ThresholdFrom { get; } =
        OptionDefinition.OfWords("threshold-from", "validation", ["validation", "none"], "Where the stored threshold comes from: the held-out good pictures, or nowhere.") with { Choice = 25, PaperCode = "none" };

    public static OptionDefinition FalseRejectRate { get; } =
        OptionDefinition.OfNumber("false-reject-rate", 0.01, 0, 0.999999, "Share of good parts that the stored threshold may refuse.") with { Choice = 25 };
}
