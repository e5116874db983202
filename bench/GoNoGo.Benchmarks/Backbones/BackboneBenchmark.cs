using System.Globalization;
using GoNoGo.Benchmarks.Measurement;
using GoNoGo.Benchmarks.Peers;
using GoNoGo.Detection.Backbones;
using GoNoGo.Learning.Graphs.Inference;
using GoNoGo.Learning.Graphs.Onnx;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Parallel;
using GoNoGo.Tensors.Random;

namespace GoNoGo.Benchmarks.Backbones;

/// <summary>One image, and eight, through each backbone to its last level: against ONNX Runtime on our own export, DeiT-B also against PyTorch.</summary>
internal sealed class BackboneBenchmark : IBenchmark
{
    private const double RoundSeconds = 0.6;

    private static readonly string[] Ids = ["deit-base", "deit-tiny", "esvit-tiny", "efficientformer-l3", "resnet50"];

    public string Name => "backbone";

    public string Summary => "Latency of a backbone, 224 x 224, batches of 1 and 8: against ONNX Runtime and, for DeiT-B, PyTorch.";

    public void Run(Options options, Report report)
    {
        foreach (int threads in options.Threads)
        {
            Workers.ThreadCount = threads;
            double before = FmaPeak.Measure(options.CpuTime);
            report.ThreadHeading(threads);
            report.Header("backbone", "images", "GoNoGo ms", "ONNX Runtime ms", "time / ONNX Runtime", "PyTorch ms", "PyTorch / time", "managed bytes");
            var ratios = new Dictionary<int, List<double>> { [1] = [], [8] = [] };
            foreach (string id in Ids)
            {
                foreach (int images in (int[])[1, 8])
                {
                    if (options.Wants(string.Create(CultureInfo.InvariantCulture, $"{id} x{images}")))
                    {
                        ratios[images].Add(Case(id, images, threads, options, report));
                    }
                }
            }

            report.Line();
            foreach ((int images, List<double> values) in ratios.Where(pair => pair.Value.Count > 0))
            {
                report.Line($"Geometric mean of time / ONNX Runtime, {images} image{(images == 1 ? "" : "s")}: {Math.Exp(values.Average(Math.Log)):F2} (below 1: faster).");
            }

            report.Line($"FMA peak of one thread: {before:F1} GFLOP/s before, {FmaPeak.Measure(options.CpuTime):F1} after. Times are medians of alternating rounds.");
            report.Line();
        }
    }

    /// <returns>Our time / ONNX Runtime's.</returns>
    private static double Case(string id, int images, int threads, Options options, Report report)
    {
        bool cpuTime = options.CpuTime && threads == 1;
        Backbone backbone = BackboneCatalog.Create(id);
        string file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            using var scope = new TensorScope();
            using (FileStream stream = File.Create(file))
            {
                OnnxExporter.Write(backbone.Graph, [Backbone.LastLevel], WeightSource.Fresh(scope, 1), new Dictionary<string, string>(), stream);
            }

            using InferencePlan plan = backbone.Compile([Backbone.LastLevel], WeightSource.Fresh(scope, 1));
            Tensor input = scope.New(backbone.Graph.InputShape.For(images));
            new RandomStream(1, "pictures").FillUniform(-2, 2, input);
            using var results = new TensorScope();
            using OnnxRuntimePeer? onnx = OnnxRuntimePeer.TryStart(file, string.Create(CultureInfo.InvariantCulture, $"{images}x3x224x224"), threads);
            IReadOnlyList<TorchPeer> torches = id == "deit-base" ? TorchPeer.StartAll("deit.py", threads) : [];
            PeerRounds.Result? torch = null;
            Timing ours;
            double[] theirs = new double[options.Rounds];
            try
            {
                var mine = new double[options.Rounds];
                double bytes = double.MaxValue;
                for (int round = 0; round < options.Rounds; round++)
                {
                    Timing timing = Alternating.Run(1, RoundSeconds, cpuTime, new Contender("GoNoGo", Once))[0];
                    mine[round] = timing.Seconds;
                    bytes = Math.Min(bytes, timing.AllocatedBytes);
                    Thread.Sleep(40);
                    theirs[round] = onnx?.Run(Math.Max(1, (int)(RoundSeconds / timing.Seconds)), cpuTime) ?? double.NaN;
                }

                ours = new Timing("GoNoGo", Alternating.Median(mine), mine, bytes);
                if (torches.Count > 0)
                {
                    torch = PeerRounds.Run(options.Rounds, RoundSeconds, Once, images.ToString(CultureInfo.InvariantCulture), torches, cpuTime);
                }
            }
            finally
            {
                foreach (TorchPeer peer in torches)
                {
                    peer.Dispose();
                }
            }

            double ratio = Alternating.Median([.. ours.RoundSeconds.Zip(theirs, (mine, other) => mine / other)]);
            report.Row(
                id,
                images.ToString(CultureInfo.InvariantCulture),
                Report.Number(ours.Seconds * 1e3, 1),
                onnx is null ? "-" : Report.Number(Alternating.Median(theirs) * 1e3, 1),
                onnx is null ? "-" : Report.Number(ratio, 2),
                torch?.Peer is null ? "-" : Report.Number(torch.PeerSeconds * 1e3, 1),
                torch?.Peer is null ? "-" : Report.Number(torch.Ratio, 2),
                Report.Number(ours.AllocatedBytes, 0));
            return ratio;

            void Once()
            {
                results.Reset();
                plan.Run(input, results);
            }
        }
        finally
        {
            File.Delete(file);
        }
    }
}
