using GoNoGo.Benchmarks.MatMul;
using GoNoGo.Benchmarks.Pictures;

namespace GoNoGo.Benchmarks;

/// <summary>All benchmarks, by name.</summary>
internal static class Registry
{
    public static IReadOnlyList<IBenchmark> All { get; } =
    [
        new MatrixMultiplyBenchmark(),
        new PngResizeBenchmark(),
    ];
}
