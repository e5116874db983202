using System.Globalization;
using GoNoGo.Benchmarks.Measurement;
using GoNoGo.Benchmarks.Peers;
using GoNoGo.Tensors.Parallel;
using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Png;
using GoNoGo.Vision.Imaging.Resizing;

namespace GoNoGo.Benchmarks.Pictures;

/// <summary>From a PNG file in memory to the pixels of a network's input, against Pillow.</summary>
internal sealed class PngResizeBenchmark : IBenchmark
{
    private const int Side = 900;
    private const int Target = 224;
    private const double RoundSeconds = 0.3;

    public string Name => "png-resize";

    public string Summary => $"PNG decode and antialiased bilinear resize, {Side} x {Side} to {Target} x {Target}, against Pillow (same pixels, bit for bit).";

    public void Run(Options options, Report report)
    {
        string path = Path.Combine(Path.GetTempPath(), $"gonogo-bench-{Environment.ProcessId}");
        try
        {
            foreach (int threads in options.Threads)
            {
                Workers.ThreadCount = threads;
                report.ThreadHeading(threads);
                report.Header("case", "file MB", "ms", "Pillow ms", "ratio", "bytes allocated");
                foreach (int channels in new[] { 3, 1 })
                {
                    File.WriteAllBytes(path, PngEncoder.Encode(NoisyPart.Draw(Side, channels, 1)));
                    Measure(path, channels, options, report);
                }

                report.Line();
            }

            report.Line("Ratio: Pillow's time / our time. Pillow uses one thread.");
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static void Measure(string path, int channels, Options options, Report report)
    {
        string kind = channels == 3 ? "RGB" : "gray";
        byte[] file = File.ReadAllBytes(path);
        using Image decoded = ImageDecoder.Decode(file);
        using PythonPeer? peer = PythonPeer.TryStart("png_resize.py", path, Target.ToString(CultureInfo.InvariantCulture));
        Case("decode", () => ImageDecoder.Decode(file).Dispose());
        Case("resize", () => ImageResize.Resize(decoded, Target, Target).Dispose());
        Case("both", () =>
        {
            using Image image = ImageDecoder.Decode(file);
            ImageResize.Resize(image, Target, Target).Dispose();
        });
        if (channels == 1)
        {
            report.Line();
            report.Line(peer is null ? "Pillow is not installed: no ratios." : $"Peer: {peer.Version}.");
        }

        void Case(string name, Action call)
        {
            if (!options.Wants($"{kind} {name}"))
            {
                return;
            }

            // Another process' processor time is in its answers, not in our clock.
            var answers = new List<double>();
            void AskPeer() => answers.Add(double.Parse(peer.Ask(name), CultureInfo.InvariantCulture) / 1000);
            Contender[] contenders = peer is null ? [new("GoNoGo", call)] : [new("GoNoGo", call), new("Pillow", AskPeer)];
            bool cpuTime = options.CpuTime && Workers.ThreadCount == 1;
            Timing[] timings = Alternating.Run(options.Rounds, RoundSeconds, cpuTime, contenders);
            double theirs = peer is null ? 0 : cpuTime ? Alternating.Median([.. answers]) : timings[1].Seconds;
            double ratio = peer is null ? 0 : cpuTime ? theirs / timings[0].Seconds : Alternating.Ratio(timings[0], timings[1]);
            // The harness counts whole allocation contexts, in which a few hundred bytes vanish.
            long before = GC.GetAllocatedBytesForCurrentThread();
            call();
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            report.Row(
                $"{kind} {name}",
                Report.Number(file.Length / 1e6, 2),
                Report.Number(1000 * timings[0].Seconds, 2),
                peer is null ? "-" : Report.Number(1000 * theirs, 2),
                peer is null ? "-" : Report.Number(ratio, 2),
                Report.Number(allocated, 0));
        }
    }
}
