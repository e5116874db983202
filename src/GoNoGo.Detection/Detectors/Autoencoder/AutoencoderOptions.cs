using GoNoGo.Detection.Options;
using Option = GoNoGo.Detection.Options.OptionDefinition;

namespace GoNoGo.Detection.Detectors.Autoencoder;

/// <summary>The option table of the convolutional autoencoder, the baseline of the BTAD table of Mishra et al. 2021.</summary>
public static class AutoencoderOptions
{
    /// <summary>The table. The image score (mean of the map) and the map are our choice: the paper does not say.</summary>
    public static OptionTable Table { get; } = new("autoencoder",
    [
        Option.OfInteger("size", 128, 32, 1024, "Side of the square model input in pixels; a multiple of 32."),
        Option.OfInteger("channels", 3, 1, 3, "Channels of the model input: 3, or 1 for gray pictures."),
        Option.OfWords("framing", "whole", ["whole", "crop", "pad"], "The whole picture straight to the model size; resized by 550/512 and the centre cut out; or not resized but set in the middle of zeros (MNIST: 28 in 32)."),
        CommonOptions.Resize,
        CommonOptions.Intensity,
        CommonOptions.JpegScale,
        CommonOptions.Tile, CommonOptions.TileOverlap, CommonOptions.TileModel, CommonOptions.TileScore,
        Option.OfInteger("latent", 100, 1, 4096, "Size of the latent vector."),
        Option.OfWords("loss", "mse", ["mse", "mse+ssim"], "Squared error, or squared error plus 1 - SSIM, in training and in the map."),
        CommonOptions.Split, CommonOptions.SplitSeed, CommonOptions.Shuffle, CommonOptions.BatchSize, CommonOptions.LearningRate,
        // 0: see docs/detectors/autoencoder.md; Adam's L2 decay holds this network where it starts.
        Option.OfNumber("weight-decay", 0, 0, 10, "Weight decay of the optimiser; with Adam, 0.0001 can keep the network from learning at all."), CommonOptions.Optimizer, CommonOptions.Patience, CommonOptions.MaxEpochs, CommonOptions.BestWeights,
        Option.OfWords("validation", "hold-out", ["hold-out", "none"], "Good pictures held out for early stopping and the threshold, or none: all are fitted and the smallest training loss counts."),
        Option.OfNumber("map-smoothing", 0, 0, 100, "Standard deviation in pixels of a Gaussian filter over the map; 0 = none."),
        CommonOptions.MaskResize, CommonOptions.ThresholdFrom, CommonOptions.FalseRejectRate,
    ]);
}
