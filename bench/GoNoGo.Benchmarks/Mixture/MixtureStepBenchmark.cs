using System.Globalization;
using GoNoGo.Benchmarks.Measurement;
using GoNoGo.Benchmarks.Peers;
using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Densities.Mixtures;
using GoNoGo.Learning.Layers;
using GoNoGo.Learning.Optimizers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Random;

namespace GoNoGo.Benchmarks.Mixture;

/// <summary>One training step of the mixture density network on DeiT-B's features: forward, backward and Adam.</summary>
internal sealed class MixtureStepBenchmark : IBenchmark
{
    private const int Rows = 8 * 196;
    private const int Features = 768;
    private const int Components = 100;

    public string Name => "mixture-step";

    public string Summary => "One training step of the mixture density network (D = 768, K = 100, 8 pictures of 196 patches): forward, backward, Adam; against PyTorch.";

    public void Run(Options options, Report report) => StepTable.Run(
        options,
        report,
        ["clock", "GoNoGo s", "GFLOP/s", "PyTorch s", "ratio", "PyTorch", "managed bytes a step", "working MB", "PyTorch's working MB"],
        threads => Step(threads, options, report),
        "GFLOP/s: of the products' arithmetic. Working memory: the resident memory at its highest, less what the process has before it makes the network, and less parameters, gradients and the optimiser's two moments.");

    private static void Step(int threads, Options options, Report report)
    {
        long before = Environment.WorkingSet;
        var pool = new MemoryPool();
        using var scope = new TensorScope(pool);
        WeightSource source = WeightSource.Fresh(scope, 1);
        var mixture = new MixtureOptions(MixtureForm.PerFeature, DeviationForm.EluPlusOne, WeightEpsilon: 1e-15f);
        var network = new FusedMixtureNetwork(new FusedMixtureNetworkOptions(Features, Components, mixture), source);
        using var optimizer = new Adam(source.Parameters, new AdamOptions { LearningRate = 1e-4, WeightDecay = 1e-4 }, pool);
        using var tape = new Tape(pool);
        Tensor patches = scope.New(new Shape(Rows, Features));
        new RandomStream(1, "patches").FillNormal(0, 1, patches);
        long parameters = source.Parameters.Sum(parameter => parameter.Shape.ElementCount);
        // Two products with the weights forward and two with the gradients backward; the features are frozen.
        double work = 4.0 * parameters * Rows / 1e9;
        Once();
        long most = Math.Max(Environment.WorkingSet, System.Diagnostics.Process.GetCurrentProcess().PeakWorkingSet64);
        double ours = (most - before - (4L * parameters * sizeof(float))) / 1e6;
        using PythonPeer? peer = PythonPeer.TryStart("mixture_step.py", "--serve", "--threads", threads.ToString(CultureInfo.InvariantCulture));
        StepRounds rounds = StepRounds.Run(options.Rounds, Once, peer);
        string theirs = peer is null ? "-" : Report.Number(double.Parse(peer.Ask("working_megabytes"), CultureInfo.InvariantCulture), 0);
        foreach ((string clock, Func<(double Wall, double Processor), double> pick) in StepRounds.Clocks)
        {
            double seconds = rounds.Seconds(pick);
            report.Row(
                clock, Report.Number(seconds, 3), Report.Number(work / seconds, 1), rounds.PeerSeconds(0, pick), rounds.Ratio(0, pick), peer?.Version ?? "not installed",
                rounds.AllocatedBytes.ToString(CultureInfo.InvariantCulture), Report.Number(ours, 0), theirs);
        }

        void Once()
        {
            tape.Reset();
            optimizer.ResetGradients();
            Variable x = tape.Constant(patches);
            tape.Backward(network.Loss(x, network.Logits(x)));
            optimizer.Step();
        }
    }
}
