using System.Globalization;
using GoNoGo.Benchmarks.Measurement;
using GoNoGo.Detection.Backbones;
using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Densities.Flows;
using GoNoGo.Learning.Densities.Gaussians;
using GoNoGo.Learning.Graphs.Inference;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Kernels.Distances;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Parallel;
using GoNoGo.Tensors.Random;

namespace GoNoGo.Benchmarks.Scoring;

/// <summary>What scoring one picture costs beyond DeiT-B, and exact nearest neighbours and mixtures beside the matrix multiply that they rest on.</summary>
internal sealed class ScoringBenchmark : IBenchmark
{
    private const double RoundSeconds = 0.3;

    private const int Width = 768;

    private const int Side = 14;

    private static readonly int[] Stored = [4096, 16384];

    public string Name => "scoring";

    public string Summary => "One picture's score beyond DeiT-B: flow head, exact nearest of n stored vectors, Gaussian mixture; and the latter two against the plain matrix multiply.";

    public void Run(Options options, Report report)
    {
        foreach (int threads in options.Threads)
        {
            Workers.ThreadCount = threads;
            bool cpuTime = options.CpuTime && threads == 1;
            double peak = FmaPeak.Measure(options.CpuTime);
            report.Line($"## {threads} thread{(threads == 1 ? "" : "s")}, {(cpuTime ? "processor" : "wall")} time");
            report.Line();
            report.Header("head", "ms", "DeiT-B ms", "head / DeiT-B", "matrix multiply ms", "matrix multiply / head", "managed bytes");
            if (options.Wants("flow"))
            {
                Flow(cpuTime, options, report);
            }

            foreach (int stored in Stored.Where(stored => options.Wants(string.Create(CultureInfo.InvariantCulture, $"nearest {stored}"))))
            {
                Nearest(stored, cpuTime, options, report);
            }

            if (options.Wants("mixture"))
            {
                Mixture(cpuTime, options, report);
            }

            report.Line();
            report.Line($"FMA peak of one thread: {peak:F1} GFLOP/s before, {FmaPeak.Measure(options.CpuTime):F1} after. Times are medians of alternating rounds.");
            report.Line();
        }
    }

    private static void Flow(bool cpuTime, Options options, Report report)
    {
        using var scope = new TensorScope();
        var flow = new FastFlow(new FastFlowOptions(Width), WeightSource.Fresh(scope, 1));
        using PackedFlow packed = flow.Pack();
        using var tape = new Tape(records: false);
        Tensor maps = Noise(scope, new Shape(1, Width, Side, Side), "maps");
        Tensor scores = scope.New(new Shape(1, Side, Side));
        Compare("flow, 20 steps", Score, null, cpuTime, options, report);

        void Score()
        {
            tape.Reset();
            FlowScores.Compute(FlowScore.Energy, packed.Transform(tape.Constant(maps)), scores);
        }
    }

    private static void Nearest(int stored, bool cpuTime, Options options, Report report)
    {
        using var scope = new TensorScope();
        Tensor rows = Noise(scope, new Shape(stored, Width), "rows"), queries = Noise(scope, new Shape(Side * Side, Width), "queries");
        Tensor distances = scope.New(new Shape(Side * Side)), products = scope.New(new Shape(Side * Side, stored));
        var places = new int[Side * Side];
        using var nearest = new NearestRows(rows);
        using PackedMatrix packed = PackedMatrix.Pack(rows, transposeB: true);
        Compare(
            string.Create(CultureInfo.InvariantCulture, $"nearest of {stored}"), () => nearest.Find(queries, distances, places),
            () => MatrixMultiply.Run(queries, false, packed, products), cpuTime, options, report);
    }

    /// <summary>
    /// As many axes and patches as ResNet-18's first three layers give on bottle, the means as far apart as the deviations are large; the matrix multiply is that with
    /// all components' matrices, to their ends.
    /// </summary>
    private static void Mixture(bool cpuTime, Options options, Report report)
    {
        const int Components = 16;
        const int Axes = 204;
        const int Patches = 56 * 56;
        using var scope = new TensorScope();
        Tensor means = Noise(scope, new Shape(Components, Axes), "means"), rows = Noise(scope, new Shape(Patches, Axes), "rows");
        for (int i = 0; i < Patches; i++)
        {
            Span<float> row = rows[i].Span;
            ReadOnlySpan<float> mean = means[i % Components].Span;
            for (int j = 0; j < Axes; j++)
            {
                row[j] += mean[j];
            }
        }

        Tensor factors = scope.New(MixtureParameters.FactorShape(CovarianceForm.Full, Components, Axes));
        new RandomStream(1, "factors").FillNormal(0, 0.02f, factors);
        for (int k = 0; k < Components; k++)
        {
            for (int i = 0; i < Axes; i++)
            {
                factors[k].Span[(i * (i + 1) / 2) + i] = 1;
            }
        }

        using var density = new MixtureDensity(CovarianceForm.Full, new double[Components], means, factors);
        using PackedMatrix packed = PackedMatrix.Pack(MixtureDensity.Unpacked(factors, Axes, scope), transposeB: true);
        Tensor scores = scope.New(new Shape(Patches)), products = scope.New(new Shape(Patches, Components * Axes));
        using var room = new TensorScope();
        Compare(
            "mixture of 16", () => density.NegativeLog(rows, room, scores), () => MatrixMultiply.Run(rows, false, packed, products), cpuTime, options, report);
    }

    private static void Compare(string head, Action score, Action? multiply, bool cpuTime, Options options, Report report)
    {
        using var scope = new TensorScope();
        Backbone backbone = BackboneCatalog.Create("deit-base");
        using InferencePlan plan = backbone.Compile([Backbone.LastLevel], WeightSource.Fresh(scope, 1));
        Tensor picture = Noise(scope, backbone.Graph.InputShape.For(1), "picture");
        using var results = new TensorScope();
        Contender[] contenders =
        [
            new(head, score),
            new("DeiT-B", () =>
            {
                results.Reset();
                plan.Run(picture, results);
            }),
            .. multiply is null ? (Contender[])[] : [new("matrix multiply", multiply)],
        ];
        Timing[] timings = Alternating.Run(options.Rounds, RoundSeconds, cpuTime, contenders);
        report.Row(
            head,
            Report.Number(timings[0].Seconds * 1e3, 1),
            Report.Number(timings[1].Seconds * 1e3, 1),
            Report.Number(100 / Alternating.Ratio(timings[0], timings[1]), 1) + " %",
            multiply is null ? "-" : Report.Number(timings[2].Seconds * 1e3, 1),
            multiply is null ? "-" : Report.Number(100 * Alternating.Ratio(timings[0], timings[2]), 0) + " %",
            Report.Number(timings[0].AllocatedBytes, 0));
    }

    private static Tensor Noise(TensorScope scope, Shape shape, string purpose)
    {
        Tensor tensor = scope.New(shape);
        new RandomStream(1, purpose).FillNormal(0, 1, tensor);
        return tensor;
    }
}
