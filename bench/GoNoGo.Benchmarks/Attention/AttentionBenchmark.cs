using GoNoGo.Benchmarks.Measurement;
using GoNoGo.Benchmarks.Peers;
using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Parallel;
using GoNoGo.Testing;

namespace GoNoGo.Benchmarks.Attention;

/// <summary>Self-attention on a packed projection, forward and as a training step, against PyTorch.</summary>
internal sealed class AttentionBenchmark : IBenchmark
{
    private const double RoundSeconds = 0.1;

    public string Name => "attention";

    public string Summary => "Self-attention on a packed projection [B, N, 3 A d], from projection to merged heads, forward and with the backward pass, against PyTorch.";

    public void Run(Options options, Report report)
    {
        foreach (int threads in options.Threads)
        {
            Workers.ThreadCount = threads;
            IReadOnlyList<TorchPeer> peers = TorchPeer.StartAll("attention.py", threads);
            double peak = FmaPeak.Measure();
            report.ThreadHeading(threads);
            report.Line(peers.Count == 0 ? "PyTorch is not installed: no ratios." : "Ratio: PyTorch's time / our time, at its fastest setting.");
            report.Line();
            report.Header("case", "B x N x A x d", "mode", "ms", "of FMA peak", "PyTorch ms", "setting", "ratio", "bytes allocated");
            foreach ((string name, int batch, int tokens, int heads, int width, bool hasBias) in Shapes())
            {
                foreach (bool isTraining in new[] { false, true })
                {
                    if (options.Wants(name))
                    {
                        Measure(name, batch, tokens, heads, width, hasBias, isTraining, threads, peak, peers, options, report);
                    }
                }
            }

            report.Line();
            report.Line($"FMA peak of one thread: {peak:F1} GFLOP/s before, {FmaPeak.Measure():F1} after.");
            report.Line();
            foreach (TorchPeer peer in peers)
            {
                peer.Dispose();
            }
        }
    }

    private static IEnumerable<(string Name, int Batch, int Tokens, int Heads, int Width, bool HasBias)> Shapes() =>
    [
        ("DeiT-B, one image", 1, 198, 12, 64, false),
        ("DeiT-B, 8 images", 8, 198, 12, 64, false),
        ("VT-ADL, 8 images", 8, 65, 8, 64, false),
        ("Swin stage 0, 2 images", 32, 196, 3, 32, true),
        ("1024 tokens", 1, 1024, 8, 64, false),
    ];

    private static void Measure(
        string name, int batch, int tokens, int heads, int width, bool hasBias, bool isTraining, int threads, double peak, IReadOnlyList<TorchPeer> peers, Options options, Report report)
    {
        using var scope = new TensorScope();
        using var tape = new Tape(records: isTraining);
        var shape = new Shape(batch, tokens, 3 * heads * width);
        Tensor qkv = scope.From(FormulaParameters.Input("qkv", shape.ElementCount), shape);
        Tensor seed = scope.From(FormulaParameters.Input("dy", shape.ElementCount / 3), shape.With(2, heads * width));
        Tensor bias = hasBias ? scope.From(FormulaParameters.Input("bias", (long)heads * tokens * tokens), new Shape(1, heads, tokens, tokens)) : default;
        float scale = 1f / MathF.Sqrt(width);
        void Call()
        {
            Variable x = isTraining ? tape.Input(qkv) : tape.Constant(qkv);
            Variable y = x.SelfAttention(heads, scale, hasBias ? tape.Constant(bias) : default);
            if (isTraining)
            {
                tape.Backward(y, seed);
            }

            tape.Reset();
        }

        string mode = isTraining ? "training" : "forward";
        PeerRounds.Result result = PeerRounds.Run(
            options.Rounds, RoundSeconds, Call, FormattableString.Invariant($"{mode} {batch} {tokens} {heads} {width}{(hasBias ? " bias" : "")}"), peers, options.CpuTime && threads == 1);

        // Two products forward; the backward pass computes the scores again and has four more.
        double work = 4e-9 * batch * heads * tokens * tokens * width * (isTraining ? 3.5 : 1);
        report.Row(
            name,
            FormattableString.Invariant($"{batch} x {tokens} x {heads} x {width}"),
            mode,
            Report.Number(1e3 * result.Ours.Seconds, 3),
            Report.Number(100 * work / result.Ours.Seconds / peak / threads, 0) + " %",
            result.Peer is null ? "-" : Report.Number(1e3 * result.PeerSeconds, 3),
            result.Peer ?? "-",
            result.Peer is null ? "-" : Report.Number(result.Ratio, 2),
            Report.Number(result.Ours.AllocatedBytes, 0));
    }
}
