using GoNoGo.Benchmarks.Measurement;
using GoNoGo.Benchmarks.Peers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Kernels.Distances;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Parallel;
using GoNoGo.Tensors.Random;

namespace GoNoGo.Benchmarks.Coreset;

/// <summary>The greedy choice of a PatchCore bank, against PyTorch comparing every vector with every new centre.</summary>
internal sealed class CoresetBenchmark : IBenchmark
{
    private const double RoundSeconds = 0.1;

    /// <summary>Directions in which made-up vectors vary, each less than the one before, as features do.</summary>
    private const int Directions = 40;

    public string Name => "coreset";

    public string Summary => "Greedy choice of a share of vectors (k-center), against PyTorch.";

    public void Run(Options options, Report report)
    {
        foreach (int threads in options.Threads)
        {
            Workers.ThreadCount = threads;
            IReadOnlyList<TorchPeer> peers = TorchPeer.StartAll("coreset.py", threads);
            report.ThreadHeading(threads);
            report.Header("vectors", "chosen", "s", "PyTorch s", "setting", "ratio");
            foreach ((Shape shape, int count) in ((Shape, int)[])[(new Shape(30_000, 128), 3000), (new Shape(120_000, 128), 1200)])
            {
                if (options.Wants(shape.ToString()))
                {
                    Measure(shape, count, peers, options, report);
                }
            }

            report.Line();
            foreach (TorchPeer peer in peers)
            {
                peer.Dispose();
            }
        }
    }

    private static void Measure(Shape shape, int count, IReadOnlyList<TorchPeer> peers, Options options, Report report)
    {
        using var scope = new TensorScope();
        Tensor rows = Vectors(scope, shape);
        PeerRounds.Result result = PeerRounds.Run(
            options.Rounds, RoundSeconds, () => FarthestFirst.Choose(rows, shape[0] / 2, count), FormattableString.Invariant($"{shape[0]} {shape[1]} {count}"), peers, options.CpuTime && Workers.ThreadCount == 1);
        report.Row(
            shape.ToString(),
            Report.Number(count, 0),
            Report.Number(result.Ours.Seconds, 2),
            result.Peer is null ? "-" : Report.Number(result.PeerSeconds, 2),
            result.Peer ?? "-",
            result.Peer is null ? "-" : Report.Number(result.Ratio, 2));
    }

    private static Tensor Vectors(TensorScope scope, Shape shape)
    {
        Tensor codes = scope.New(new Shape(shape[0], Directions));
        Tensor directions = scope.New(new Shape(Directions, shape[1]));
        Tensor rows = scope.New(shape);
        new RandomStream(1, "noise").FillNormal(0, 0.2, rows);
        new RandomStream(1, "codes").FillNormal(0, 1, codes);
        for (int i = 0; i < Directions; i++)
        {
            new RandomStream(1, "directions").Child(i.ToString(System.Globalization.CultureInfo.InvariantCulture)).FillNormal(0, Math.Exp(-i / 10.0), directions[i]);
        }

        Tensor product = scope.New(shape);
        MatrixMultiply.Run(codes, transposeA: false, directions, transposeB: false, product);
        Span<float> values = rows.Span;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] += product.Span[i];
        }

        return rows;
    }
}
