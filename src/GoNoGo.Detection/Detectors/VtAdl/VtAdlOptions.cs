using GoNoGo.Detection.Options;
using Option = GoNoGo.Detection.Options.OptionDefinition;

namespace GoNoGo.Detection.Detectors.VtAdl;

/// <summary>
/// The option table of VT-ADL. Numbers in <see cref="OptionDefinition.Choice"/> are those of the list of open choices
/// between paper and published code.
/// </summary>
public static class VtAdlOptions
{
    /// <summary>The table.</summary>
    public static OptionTable Table { get; } = new("vtadl",
    [
        // The picture.
        Option.OfInteger("size", 512, 16, 1024, "Side of the square model input in pixels."),
        Option.OfInteger("channels", 3, 1, 3, "Channels of the model input: 3, or 1 for gray pictures."),
        Option.OfWords("framing", "whole", ["whole", "crop", "pad"], "The whole picture straight to the model size; resized by 550/512 and the centre cut out; or not resized but set in the middle of zeros (MNIST: 28 in 32).") with { Choice = 36, PaperCode = "crop" },
        CommonOptions.Resize,
        CommonOptions.Intensity,
        CommonOptions.JpegScale,
        CommonOptions.Tile, CommonOptions.TileOverlap, CommonOptions.TileModel, CommonOptions.TileScore,
        Option.OfWords("output-range", "sigmoid", ["sigmoid", "tanh"], "Last activation of the decoder; targets are 0..1 either way.") with { Choice = 31, PaperCode = "tanh" },

        // The network.
        Option.OfInteger("patch", 64, 1, 256, "Side of a patch in pixels; the size is a multiple of it."),
        Option.OfInteger("width", 512, 8, 4096, "Width D of the tokens."),
        Option.OfInteger("depth", 6, 1, 48, "Transformer layers."),
        Option.OfInteger("heads", 8, 1, 64, "Attention heads; a head has width / 8 features by default."),
        Option.OfInteger("mlp-width", 1024, 8, 16384, "Hidden width of the feed-forward part."),
        Option.OfWords("attention-scale", "head", ["head", "width"], "Attention logits are divided by the square root of the head's width, or of the model's.") with { Choice = 32, PaperCode = "width" },
        Option.OfWords("class-token", "used", ["used", "none"], "A class token is prepended and dropped at the end, or there is none.") with { Choice = 38, PaperText = "none" },
        Option.OfWords("projection", "capsule", ["capsule", "capsule-without-epsilon", "linear"], "Step between encoder and decoder: linear map and squash (with or without epsilon), or the linear map alone.") with { Choice = 35, PaperCode = "capsule-without-epsilon", PaperText = "linear" },
        Option.OfInteger("capsule-width", 8, 1, 512, "Size of an input capsule (a divisor of the width)."),
        Option.OfInteger("capsules", 1, 1, 64, "Output capsules; with more than one, routing chooses between them and the longest is decoded."),
        Option.OfInteger("routing-iterations", 3, 1, 16, "Rounds of routing by agreement (no effect with one output capsule)."),
        Option.OfInteger("code", 512, 32, 8192, "Size of the reconstruction vector that the decoder sees as 8 channels of a square map."),
        Option.OfInteger("decoder-layers", 6, 2, 8, "Transposed convolutions of the decoder; 6 at size 512 is the published decoder, otherwise each doubles the side.") with { Choice = 34 },

        // The mixture density network.
        Option.OfInteger("gaussians", 150, 1, 1000, "Components K of the mixture.") with { Choice = 27, PaperCode = "10", PaperText = "150" },
        Option.OfWords("vtadl-likelihood", "mixture", ["mixture", "mixture-sum", "as-coded"], "Mixture likelihood averaged over patches and features; the same summed over patches; or the published code's weighted sum of component terms, summed over patches.") with { Choice = 26, PaperCode = "as-coded", PaperText = "mixture-sum" },
        Option.OfNumber("sigma-floor", 0.1, 0, 10, "Smallest standard deviation of a component; without one the likelihood has no bound.") with { Choice = 26, PaperCode = "0", PaperText = "0" },
        Option.OfWords("mdn-gradients", "reset", ["reset", "accumulate"], "Gradients of the mixture density network start from zero each step, or pile up over the whole training.") with { Choice = 28, PaperCode = "accumulate" },
        Option.OfWords("noise-on", "mixture", ["mixture", "encoder-output"], "Where training adds noise: to the vector the mixture sees and models, or to the encoder's output for both branches.") with { Choice = 30, PaperCode = "encoder-output" },
        Option.OfNumber("noise-sigma", 0.2, 0, 10, "Standard deviation of that noise; 0 = off.") with { Choice = 30 },

        // The loss.
        Option.OfNumber("mse-weight", 5, 0, 1e6, "Weight of the squared error in the loss and in the image score."),
        Option.OfNumber("ssim-weight", 0.5, 0, 1e6, "Weight of the structural similarity (subtracted) in the loss and in the image score."),
        Option.OfNumber("mixture-weight", 1, 0, 1e6, "Weight of the mixture's negative log-likelihood in the loss; 0 trains the reconstruction alone."),

        // Training.
        Option.OfWords("validation", "hold-out", ["hold-out", "none"], "Good pictures held out for early stopping and the threshold, or none: all are fitted and the smallest training loss counts.") with { Choice = 37, PaperCode = "none" },
        CommonOptions.Split, CommonOptions.SplitSeed, CommonOptions.Shuffle, CommonOptions.BatchSize, CommonOptions.LearningRate,
        CommonOptions.WeightDecay, CommonOptions.Optimizer, CommonOptions.Patience, CommonOptions.MaxEpochs, CommonOptions.BestWeights,

        // Judging.
        Option.OfWords("image-score", "combined", ["combined", "as-coded", "reconstruction", "likelihood"], "z(5 MSE - 0.5 SSIM) + z(max patch NLL) with z over the held-out good pictures; the published MSE + SSIM + max; the first term alone, raw; or the second alone.") with { Choice = 29, PaperCode = "as-coded" },
        Option.OfWords("map-upsampling", "half-pixel", ["half-pixel", "align-corners"], "Corner convention of the bilinear upsampling of patch scores.") with { Choice = 12, PaperCode = "align-corners" },
        Option.OfNumber("map-smoothing", 0, 0, 100, "Standard deviation in pixels of a Gaussian filter over the map; 0 = none.") with { Choice = 33, PaperCode = "4", PaperText = "0" },
        CommonOptions.MaskResize, CommonOptions.ThresholdFrom, CommonOptions.FalseRejectRate,
    ]);
}
