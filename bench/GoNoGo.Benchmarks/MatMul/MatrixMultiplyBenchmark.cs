using GoNoGo.Benchmarks.Measurement;
using GoNoGo.Benchmarks.Peers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Parallel;

namespace GoNoGo.Benchmarks.MatMul;

/// <summary>The products of a transformer of width 768, and a cube, against OpenBLAS.</summary>
internal sealed class MatrixMultiplyBenchmark : IBenchmark
{
    private const double RoundSeconds = 0.05;

    public string Name => "matmul";

    public string Summary => "Matrix multiply, float32, C = A B with B [K, N] (and [N, K] where marked T), against OpenBLAS at its best core type.";

    public void Run(Options options, Report report)
    {
        IReadOnlyList<OpenBlas> peers = OpenBlas.LoadAll();
        report.Line(peers.Count == 0 ? "OpenBLAS is not installed: no ratios." : $"Peer: {peers[0].Config}; core types measured: {string.Join(", ", peers.Select(peer => peer.CoreName))}; the faster one counts, per shape.");
        report.Line();
        foreach (int threads in options.Threads)
        {
            Measure(threads, peers, options, report);
        }
    }

    private static IEnumerable<(int M, int N, int K, bool TransposeB)> Shapes()
    {
        foreach (int m in new[] { 197, 1568 })
        {
            foreach (int n in new[] { 768, 2304, 3072 })
            {
                foreach (int k in new[] { 768, 3072 })
                {
                    yield return (m, n, k, false);
                }
            }
        }

        yield return (1536, 1536, 1536, false);
    }

    /// <summary>Shown, but not part of the mean: weights stored [N, K], a batch of 8 against a wide layer, tall and thin ones.</summary>
    private static IEnumerable<(int M, int N, int K, bool TransposeB)> OtherShapes() =>
    [
        (197, 768, 768, true), (1568, 3072, 768, true), (8, 32768, 512, false), (8, 32768, 512, true), (1, 4096, 4096, false), (1, 4096, 4096, true),
        (12544, 64, 147, false), (3136, 64, 576, false), (64, 3136, 576, false), (64, 576, 12544, true), (4096, 150, 512, true), (64, 64, 64, false), (10000, 1, 512, true),
    ];

    private static unsafe void Measure(int threads, IReadOnlyList<OpenBlas> peers, Options options, Report report)
    {
        Workers.ThreadCount = threads;
        foreach (OpenBlas peer in peers)
        {
            peer.SetThreads(threads);
        }

        bool cpuTime = options.CpuTime && threads == 1;
        double before = FmaPeak.Measure(cpuTime);
        report.ThreadHeading(threads);
        report.Header("M x N x K", "GFLOP/s", "of FMA peak", "OpenBLAS GFLOP/s", "core type", "ratio", "bytes allocated");
        var ratios = new List<double>();
        foreach ((int m, int n, int k, bool transposeB) in Shapes())
        {
            double? ratio = Shape(m, n, k, transposeB);
            if (ratio is { } value)
            {
                ratios.Add(value);
            }
        }

        report.Line();
        if (ratios.Count > 0)
        {
            report.Line($"Ratio (OpenBLAS time / our time): geometric mean {Math.Exp(ratios.Average(Math.Log)):F3}, smallest {ratios.Min():F3}.");
            report.Line();
        }

        report.Line("Other shapes, not in the mean:");
        report.Line();
        report.Header("M x N x K", "GFLOP/s", "of FMA peak", "OpenBLAS GFLOP/s", "core type", "ratio", "bytes allocated");
        foreach ((int m, int n, int k, bool transposeB) in OtherShapes())
        {
            Shape(m, n, k, transposeB);
        }

        report.Line();
        report.Line($"FMA peak of one thread: {before:F1} GFLOP/s before, {FmaPeak.Measure(cpuTime):F1} after.");
        report.Line();

        double? Shape(int m, int n, int k, bool transposeB)
        {
            string name = $"{m} x {n} x {k}{(transposeB ? " T" : "")}";
            if (!options.Wants(name))
            {
                return null;
            }

            using var scope = new TensorScope();
            Tensor a = Fill(scope.New(new Shape(m, k)));
            Tensor b = Fill(scope.New(transposeB ? new Shape(n, k) : new Shape(k, n)));
            Tensor c = scope.New(new Shape(m, n));
            float* pa = a.Pointer;
            float* pb = b.Pointer;
            Tensor d = scope.New(new Shape(m, n));
            float* pd = d.Pointer;
            var contenders = new List<Contender> { new("GoNoGo", () => MatrixMultiply.Run(a, false, b, transposeB, c)) };
            foreach (OpenBlas peer in peers)
            {
                contenders.Add(new Contender(peer.CoreName, () => peer.Multiply(m, n, k, pa, pb, transposeB, pd)));
            }

            Timing[] timings = Alternating.Run(options.Rounds, RoundSeconds, cpuTime, [.. contenders]);
            double work = 2e-9 * m * n * k;
            Timing ours = timings[0];
            Timing? best = timings.Skip(1).MinBy(timing => timing.Seconds);
            double? ratio = best is null ? null : Alternating.Ratio(ours, best);
            report.Row(
                name,
                Report.Number(work / ours.Seconds, 1),
                Report.Number(100 * work / ours.Seconds / before / threads, 0) + " %",
                best is null ? "-" : Report.Number(work / best.Seconds, 1),
                best?.Name ?? "-",
                ratio is { } value ? Report.Number(value, 3) : "-",
                Report.Number(ours.AllocatedBytes, 0));
            return ratio;
        }
    }

    private static Tensor Fill(Tensor tensor)
    {
        Span<float> values = tensor.Span;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = ((i * 7919L % 2003) / 1001f) - 1f;
        }

        return tensor;
    }
}
