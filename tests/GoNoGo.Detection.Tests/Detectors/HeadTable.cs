using GoNoGo.Detection.Detectors;
using GoNoGo.Detection.Detectors.Features;
using GoNoGo.Detection.Options;

namespace GoNoGo.Detection.Tests.Detectors;

/// <summary>The options that every head trained on features has.</summary>
internal static class HeadTable
{
    public static OptionTable Of(int batchSize, double learningRate, double weightDecay) => new("head",
    [
        CommonOptions.Intensity, CommonOptions.JpegScale,
        GradientFeatureOptions.Shuffle, GradientFeatureOptions.BatchSize(batchSize), GradientFeatureOptions.LearningRate(learningRate), GradientFeatureOptions.WeightDecay(weightDecay),
        CommonOptions.Optimizer, CommonOptions.Patience, GradientFeatureOptions.MaxEpochs, GradientFeatureOptions.BestWeights,
        FeatureOptions.ImageReduction, FeatureOptions.TopK, FeatureOptions.Quantile, FeatureOptions.MapUpsampling, FeatureOptions.MapSmoothing,
    ]);
}
