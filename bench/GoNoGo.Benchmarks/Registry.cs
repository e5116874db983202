using GoNoGo.Benchmarks.Attention;
using GoNoGo.Benchmarks.AuPro;
using GoNoGo.Benchmarks.Backbones;
using GoNoGo.Benchmarks.Convolution;
using GoNoGo.Benchmarks.Coreset;
using GoNoGo.Benchmarks.Elementwise;
using GoNoGo.Benchmarks.Flow;
using GoNoGo.Benchmarks.Listing;
using GoNoGo.Benchmarks.MatMul;
using GoNoGo.Benchmarks.Mixture;
using GoNoGo.Benchmarks.Pictures;
using GoNoGo.Benchmarks.Scoring;
using GoNoGo.Benchmarks.Ssim;
using GoNoGo.Benchmarks.VtAdl;

namespace GoNoGo.Benchmarks;

/// <summary>All benchmarks, by name.</summary>
internal static class Registry
{
    public static IReadOnlyList<IBenchmark> All { get; } =
    [
        new MatrixMultiplyBenchmark(),
        new AttentionBenchmark(),
        new SsimBenchmark(),
        new ElementwiseBenchmark(),
        new PngResizeBenchmark(),
        new JpegBenchmark(),
        new ListingBenchmark(),
        new FeedBenchmark(),
        new TiffLzwBenchmark(),
        new AuProBenchmark(),
        new ConvolutionBenchmark(),
        new BackboneBenchmark(),
        new VtAdlStepBenchmark(),
        new FlowStepBenchmark(),
        new MixtureStepBenchmark(),
        new ScoringBenchmark(),
        new CoresetBenchmark(),
    ];
}
