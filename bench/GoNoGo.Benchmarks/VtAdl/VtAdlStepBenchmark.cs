using System.Globalization;
using GoNoGo.Benchmarks.Measurement;
using GoNoGo.Benchmarks.Peers;
using GoNoGo.Detection.Detectors.VtAdl;
using GoNoGo.Detection.Options;
using GoNoGo.Detection.Training;
using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Layers;
using GoNoGo.Learning.Optimizers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Random;

namespace GoNoGo.Benchmarks.VtAdl;

/// <summary>One training step of VT-ADL at its published size: forward, backward and Adam.</summary>
internal sealed class VtAdlStepBenchmark : IBenchmark
{
    private const int Batch = 8;

    public string Name => "vtadl-step";

    public string Summary => "One VT-ADL training step (512 x 512, batch 8, K = 150): forward, backward, Adam; against PyTorch.";

    public void Run(Options options, Report report) => StepTable.Run(
        options,
        report,
        ["clock", "GoNoGo s", "PyTorch s", "ratio", "PyTorch", "managed bytes a step", "native MB at most"],
        threads => Step(threads, options, report));

    private static void Step(int threads, Options options, Report report)
    {
        OptionSet set = VtAdlOptions.Table.Create();
        var pool = new MemoryPool();
        using var scope = new TensorScope(pool);
        WeightSource source = WeightSource.Fresh(scope, 1);
        var network = new VtAdlNetwork(VtAdlSettings.From(set), source);
        using var optimizer = new Adam(source.Parameters, new AdamOptions { LearningRate = 1e-4, WeightDecay = 1e-4 });
        using var tape = new Tape(pool);
        Tensor images = scope.New(new Shape(Batch, 3, 512, 512));
        new RandomStream(1, "pictures").FillUniform(0, 1, images);
        long step = 0;
        using PythonPeer? peer = PythonPeer.TryStart("vtadl_step.py", "--serve", "--threads", threads.ToString(CultureInfo.InvariantCulture));
        Once();
        StepRounds rounds = StepRounds.Run(options.Rounds, Once, peer);
        foreach ((string clock, Func<(double Wall, double Processor), double> pick) in StepRounds.Clocks)
        {
            report.Row(
                clock, Report.Number(rounds.Seconds(pick), 3), rounds.PeerSeconds(0, pick), rounds.Ratio(0, pick), peer?.Version ?? "not installed",
                rounds.AllocatedBytes.ToString(CultureInfo.InvariantCulture), Report.Number(pool.PeakLentBytes / 1e6, 0));
        }

        void Once()
        {
            tape.Reset();
            foreach (Parameter parameter in source.Parameters)
            {
                parameter.ResetGradient();
            }

            Span<double> parts = stackalloc double[4];
            Variable loss = network.Loss(tape.Constant(images), new StepContext(true, 1, step++), parts);
            tape.Backward(loss);
            optimizer.Step();
        }
    }
}
