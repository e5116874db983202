using System.Globalization;
using GoNoGo.Benchmarks.Measurement;
using GoNoGo.Benchmarks.Peers;
using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Densities.Flows;
using GoNoGo.Learning.Layers;
using GoNoGo.Learning.Optimizers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Random;

namespace GoNoGo.Benchmarks.Flow;

/// <summary>One training step of the flow on DeiT-B's features: forward, backward and Adam.</summary>
internal sealed class FlowStepBenchmark : IBenchmark
{
    private const int Batch = 32;
    private const int Side = 14;

    private static readonly string[] Permutations = ["matrix", "index"];

    public string Name => "flow-step";

    public string Summary => "One FastFlow training step (C = 768, 14 x 14, batch 32, 20 steps): forward, backward, Adam; against PyTorch with matrix and with index permutations.";

    public void Run(Options options, Report report) => StepTable.Run(
        options,
        report,
        ["clock", "GoNoGo s", "GFLOP/s", "PyTorch, matrices s", "ratio", "PyTorch, indices s", "ratio", "PyTorch", "managed bytes a step", "native MB at most"],
        threads => Step(threads, options, report),
        "GFLOP/s: of the convolutions' arithmetic.");

    private static void Step(int threads, Options options, Report report)
    {
        var pool = new MemoryPool();
        using var scope = new TensorScope(pool);
        WeightSource source = WeightSource.Fresh(scope, 1);
        var flow = new FastFlow(new FastFlowOptions(768), source);
        using var optimizer = new Adam(source.Parameters, new AdamOptions { LearningRate = 1e-3, WeightDecay = 1e-5 }, pool);
        using var tape = new Tape(pool);
        Tensor maps = scope.New(new Shape(Batch, 768, Side, Side));
        new RandomStream(1, "maps").FillNormal(0, 1, maps);
        long weights = source.Parameters.Where(parameter => parameter.Name.EndsWith(".weight", StringComparison.Ordinal)).Sum(parameter => parameter.Shape.ElementCount);
        double work = 6.0 * weights * Batch * Side * Side / 1e9;
        Once();
        Once();
        PythonPeer?[] peers = Array.ConvertAll(Permutations, permutation => PythonPeer.TryStart(
            "flow_step.py", "--serve", "--permutation", permutation, "--threads", threads.ToString(CultureInfo.InvariantCulture)));
        StepRounds rounds = StepRounds.Run(options.Rounds, Once, peers);
        foreach ((string clock, Func<(double Wall, double Processor), double> pick) in StepRounds.Clocks)
        {
            double seconds = rounds.Seconds(pick);
            report.Row(
                clock, Report.Number(seconds, 3), Report.Number(work / seconds, 1), rounds.PeerSeconds(0, pick), rounds.Ratio(0, pick), rounds.PeerSeconds(1, pick), rounds.Ratio(1, pick),
                peers[0]?.Version ?? "not installed", rounds.AllocatedBytes.ToString(CultureInfo.InvariantCulture), Report.Number(pool.PeakLentBytes / 1e6, 0));
        }

        foreach (PythonPeer? peer in peers)
        {
            peer?.Dispose();
        }

        void Once()
        {
            tape.Reset();
            optimizer.ResetGradients();
            tape.Backward(flow.Loss(tape.Constant(maps)));
            optimizer.Step();
        }
    }
}
