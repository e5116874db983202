using System.Globalization;
using GoNoGo.Benchmarks.Measurement;
using GoNoGo.Benchmarks.Peers;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Parallel;

namespace GoNoGo.Benchmarks.Convolution;

/// <summary>The passes of single layers, and whole training steps against PyTorch.</summary>
internal sealed class ConvolutionBenchmark : IBenchmark
{
    private const int DecoderBatch = 8;

    private const int AutoencoderBatch = 32;

    public string Name => "convolution";

    public string Summary => "Convolution and transposed convolution, float32: forward, gradient of input, gradient of weight; the steps of two networks against PyTorch.";

    public void Run(Options options, Report report)
    {
        foreach (int threads in options.Threads)
        {
            Workers.ThreadCount = threads;
            double peak = FmaPeak.Measure();
            report.ThreadHeading(threads);
            report.Header("layer", "batch", "GFLOP per pass", "forward ms", "of FMA peak", "grad input ms", "of FMA peak", "grad weight ms", "of FMA peak", "bytes allocated");
            Layers(LayerShape.Decoder, DecoderBatch);
            Layers(LayerShape.Autoencoder, AutoencoderBatch);
            Layers(LayerShape.Others, 8);
            report.Line();
            report.Line($"FMA peak of one thread: {peak:F1} GFLOP/s before, {FmaPeak.Measure():F1} after.");
            report.Line();
            report.Line("Steps: forward, gradients of inputs (the first one excepted), weights and biases of the convolutions alone. Ratio: PyTorch time / our time, the median of alternating rounds.");
            report.Line();
            report.Header("step", "batch", "GoNoGo s", "GFLOP/s", "PyTorch s", "ratio", "bytes allocated");
            Step("decoder", LayerShape.Decoder, DecoderBatch, threads, options, report);
            Step("autoencoder", LayerShape.Autoencoder, AutoencoderBatch, threads, options, report);
            report.Line();

            void Layers(LayerShape[] shapes, int batch)
            {
                foreach (LayerShape shape in shapes.Where(shape => options.Wants(shape.Name)))
                {
                    using var scope = new TensorScope();
                    var layer = new ConvolutionLayer(shape, batch, default, default, scope);
                    bool cpu = options.CpuTime && threads == 1;
                    Timing[] passes = Alternating.Run(
                        options.Rounds, 0.02, cpu,
                        new Contender("forward", layer.Forward), new Contender("grad input", layer.GradientOfInput), new Contender("grad weight", layer.GradientOfWeight));
                    string Share(Timing timing) => Report.Number(100 * layer.Work / timing.Seconds / peak / threads, 0) + " %";
                    report.Row(
                        shape.Name, batch.ToString(CultureInfo.InvariantCulture), Report.Number(layer.Work, 2),
                        Report.Number(passes[0].Seconds * 1e3, 2), Share(passes[0]),
                        Report.Number(passes[1].Seconds * 1e3, 2), Share(passes[1]),
                        Report.Number(passes[2].Seconds * 1e3, 2), Share(passes[2]),
                        Report.Number(passes.Sum(pass => pass.AllocatedBytes), 0));
                }
            }
        }
    }

    private static void Step(string name, LayerShape[] shapes, int batch, int threads, Options options, Report report)
    {
        if (!options.Wants(name))
        {
            return;
        }

        using var scope = new TensorScope();
        var layers = new List<ConvolutionLayer>();
        foreach (LayerShape shape in shapes)
        {
            layers.Add(layers.Count == 0
                ? new ConvolutionLayer(shape, batch, default, default, scope)
                : new ConvolutionLayer(shape, batch, layers[^1].Y, layers[^1].GradY, scope));
        }

        // One PyTorch only: the core type of its BLAS plays no part in its convolutions.
        IReadOnlyList<TorchPeer> peers = TorchPeer.StartAll("decoder_step.py", threads);
        PeerRounds.Result result = PeerRounds.Run(
            options.Rounds, 0.1, Once, FormattableString.Invariant($"{name} {batch}"), peers.Take(1), options.CpuTime && threads == 1);
        foreach (TorchPeer peer in peers)
        {
            peer.Dispose();
        }

        double work = layers.Sum(layer => 3 * layer.Work) - layers[0].Work;
        report.Row(
            name, batch.ToString(CultureInfo.InvariantCulture), Report.Number(result.Ours.Seconds, 3), Report.Number(work / result.Ours.Seconds, 1),
            result.Peer is null ? "-" : Report.Number(result.PeerSeconds, 3), result.Peer is null ? "-" : Report.Number(result.Ratio, 2),
            Report.Number(result.Ours.AllocatedBytes, 0));

        void Once()
        {
            foreach (ConvolutionLayer layer in layers)
            {
                layer.Forward();
            }

            for (int i = layers.Count - 1; i >= 0; i--)
            {
                layers[i].GradientOfWeight();
                if (i > 0)
                {
                    layers[i].GradientOfInput();
                }
            }
        }
    }
}
