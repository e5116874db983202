using GoNoGo.Benchmarks.Measurement;
using GoNoGo.Benchmarks.Peers;
using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Parallel;
using GoNoGo.Testing;

namespace GoNoGo.Benchmarks.Ssim;

/// <summary>Structural similarity as in VT-ADL's training loss, against PyTorch.</summary>
internal sealed class SsimBenchmark : IBenchmark
{
    private const double RoundSeconds = 0.2;

    public string Name => "ssim";

    public string Summary => "Mean structural similarity of pictures (11 x 11 window), forward and with the backward pass to one picture, against PyTorch.";

    public void Run(Options options, Report report)
    {
        foreach (int threads in options.Threads)
        {
            Workers.ThreadCount = threads;
            IReadOnlyList<TorchPeer> peers = TorchPeer.StartAll("ssim.py", threads);
            report.ThreadHeading(threads);
            report.Header("pictures", "mode", "ms", "PyTorch ms", "setting", "ratio", "bytes allocated");
            foreach (Shape shape in (Shape[])[new Shape(8, 3, 512, 512), new Shape(8, 3, 128, 128)])
            {
                foreach (bool isTraining in new[] { false, true })
                {
                    if (options.Wants(shape.ToString()))
                    {
                        Measure(shape, isTraining, peers, options, report);
                    }
                }
            }

            report.Line();
            foreach (TorchPeer peer in peers)
            {
                peer.Dispose();
            }
        }
    }

    private static void Measure(Shape shape, bool isTraining, IReadOnlyList<TorchPeer> peers, Options options, Report report)
    {
        using var scope = new TensorScope();
        using var tape = new Tape(records: isTraining);
        Tensor a = scope.From(FormulaParameters.Input("a", shape.ElementCount), shape);
        Tensor b = scope.From(FormulaParameters.Input("b", shape.ElementCount), shape);
        void Call()
        {
            Variable y = (isTraining ? tape.Input(a) : tape.Constant(a)).Ssim(tape.Constant(b));
            if (isTraining)
            {
                tape.Backward(y);
            }

            tape.Reset();
        }

        string mode = isTraining ? "training" : "forward";
        PeerRounds.Result result = PeerRounds.Run(
            options.Rounds, RoundSeconds, Call, FormattableString.Invariant($"{mode} {shape[0]} {shape[1]} {shape[2]} {shape[3]}"), peers, options.CpuTime && Workers.ThreadCount == 1);
        report.Row(
            shape.ToString(),
            mode,
            Report.Number(1e3 * result.Ours.Seconds, 2),
            result.Peer is null ? "-" : Report.Number(1e3 * result.PeerSeconds, 2),
            result.Peer ?? "-",
            result.Peer is null ? "-" : Report.Number(result.Ratio, 2),
            Report.Number(result.Ours.AllocatedBytes, 0));
    }
}
