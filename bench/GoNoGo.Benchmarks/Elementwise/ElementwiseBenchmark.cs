using System.Globalization;
using GoNoGo.Benchmarks.Measurement;
using GoNoGo.Benchmarks.Peers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Kernels.Elementwise;
using GoNoGo.Tensors.Kernels.Elementwise.Functions;
using GoNoGo.Tensors.Kernels.Normalization;
using GoNoGo.Tensors.Kernels.Reductions;
using GoNoGo.Tensors.Kernels.Softmax;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Parallel;

namespace GoNoGo.Benchmarks.Elementwise;

/// <summary>Layer norm, softmax and their like, forward and backward, against PyTorch.</summary>
internal sealed class ElementwiseBenchmark : IBenchmark
{
    private const int Calls = 10;
    private const double RoundSeconds = 0.05;

    public string Name => "elementwise";

    public string Summary => "Layer norm and activations on [1568, 768], softmax on [18912, 197], batch norm on [8, 32, 128, 128], against PyTorch.";

    public void Run(Options options, Report report)
    {
        foreach (int threads in options.Threads)
        {
            Workers.ThreadCount = threads;
            using PythonPeer? peer = PythonPeer.TryStart("torch_elementwise.py", threads.ToString(CultureInfo.InvariantCulture));
            report.ThreadHeading(threads);
            report.Line(peer is null ? "PyTorch is not installed: no ratios." : $"Peer: {peer.Version}. Ratio: its time / our time.");
            report.Line();
            report.Header("case", "ms", "ns per element", "PyTorch ms", "ratio", "bytes allocated");
            Measure(threads, peer, options, report);
            report.Line();
        }
    }

    private static void Measure(int threads, PythonPeer? peer, Options options, Report report)
    {
        using var scope = new TensorScope();
        Tensor tokens = Fill(scope.New(new Shape(1568, 768)), 1);
        Tensor result = scope.New(tokens.Shape);
        Tensor gradient = scope.New(tokens.Shape);
        Tensor weight = Fill(scope.New(new Shape(768)), 1);
        Tensor gradWeight = scope.New(weight.Shape);
        Tensor gradBias = scope.New(weight.Shape);
        Tensor rows = scope.New(new Shape(1568, LayerNormKernel.StatisticsPerRow));
        Tensor scores = Fill(scope.New(new Shape(8 * 12 * 197, 197)), 4);
        Tensor probabilities = scope.New(scores.Shape);
        Tensor gradScores = scope.New(scores.Shape);
        Tensor maps = Fill(scope.New(new Shape(8, 32, 128, 128)), 1);
        Tensor mapResult = scope.New(maps.Shape);
        Tensor gradMaps = scope.New(maps.Shape);
        Tensor factor = Fill(scope.New(new Shape(32)), 1);
        Tensor gradFactor = scope.New(factor.Shape);
        Tensor gradOffset = scope.New(factor.Shape);
        Tensor channels = scope.New(new Shape(32, BatchNormKernel.StatisticsPerChannel));
        Tensor mean = scope.Zeros(factor.Shape);
        Tensor variance = scope.Zeros(factor.Shape);
        static GradientTarget To(Tensor tensor) => new(tensor, accumulate: false);

        Case("layer-norm", tokens, () => LayerNormKernel.Forward(tokens, weight, weight, 768, 1e-5f, rows, result));
        Case("layer-norm-backward", tokens, () => LayerNormKernel.Backward(tokens, weight, rows, tokens, 768, To(gradient), To(gradWeight), To(gradBias)));
        Case("softmax", scores, () => SoftmaxKernel.Softmax(scores, -1, probabilities));
        Case("softmax-backward", scores, () => SoftmaxKernel.SoftmaxBackward(probabilities, scores, -1, To(gradScores)));
        Case("gelu", tokens, () => ElementwiseKernel.Run(tokens, default(GeluFunction), result));
        Case("gelu-backward", tokens, () => ElementwiseKernel.Run(tokens, tokens, default(GeluGradient), gradient));
        Case("softplus", tokens, () => ElementwiseKernel.Run(tokens, new SoftplusFunction(1f, 20f), result));
        Case("tanh", tokens, () => ElementwiseKernel.Run(tokens, default(TanhFunction), result));
        Case("bias", tokens, () => ElementwiseKernel.Run(tokens, weight, default(AddFunction), result));
        Case("column-sum", tokens, () => SumReduction.Run(tokens, 1, 1f, gradBias));
        Case("mse", maps, () => TotalReduction.Sum(maps, maps, default(SquaredDifferenceFunction)));
        Case("batch-norm", maps, () =>
        {
            BatchNormKernel.BatchStatistics(maps, 1e-5f, 0.1f, mean, variance, channels);
            BatchNormKernel.Forward(maps, channels, factor, factor, mapResult);
        });
        Case("batch-norm-backward", maps, () => BatchNormKernel.Backward(
            maps, channels, factor, maps, batchStatistics: true, To(gradMaps), To(gradFactor), To(gradOffset)));

        void Case(string name, Tensor source, Action call)
        {
            if (!options.Wants(name))
            {
                return;
            }

            void Ours()
            {
                for (int i = 0; i < Calls; i++)
                {
                    call();
                }
            }

            // Another process' processor time is in its answers, not in our clock.
            var answers = new List<double>();
            string request = string.Create(CultureInfo.InvariantCulture, $"{name} {Calls}");
            void Theirs() => answers.Add(double.Parse(peer.Ask(request), CultureInfo.InvariantCulture) / 1000);
            Contender[] contenders = peer is null ? [new("GoNoGo", Ours)] : [new("GoNoGo", Ours), new("PyTorch", Theirs)];
            bool cpuTime = options.CpuTime && threads == 1;
            Timing[] timings = Alternating.Run(options.Rounds, RoundSeconds, cpuTime, contenders);
            double ours = timings[0].Seconds / Calls;
            double theirs = peer is null ? 0 : (cpuTime ? Alternating.Median([.. answers]) : timings[1].Seconds) / Calls;
            double ratio = peer is null ? 0 : cpuTime ? theirs / ours : Alternating.Ratio(timings[0], timings[1]);
            report.Row(
                name,
                Report.Number(1000 * ours, 3),
                Report.Number(1e9 * ours / source.ElementCount, 3),
                peer is null ? "-" : Report.Number(1000 * theirs, 3),
                peer is null ? "-" : Report.Number(ratio, 2),
                Report.Number(timings[0].AllocatedBytes / Calls, 0));
        }
    }

    private static Tensor Fill(Tensor tensor, float scale)
    {
        Span<float> values = tensor.Span;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = scale * (((i * 7919L % 2003) / 1001f) - 1f);
        }

        return tensor;
    }
}
