using GoNoGo.Benchmarks.Measurement;
using GoNoGo.Benchmarks.Peers;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Benchmarks.Pictures;

/// <summary>From a JPEG file in memory to pixels, against libjpeg-turbo.</summary>
internal sealed class JpegBenchmark : IBenchmark
{
    private const int Width = 4000;
    private const int Height = 3000;
    private const int Quality = 90;
    private const double RoundSeconds = 0.3;

    public string Name => "jpeg";

    public string Summary => $"JPEG decode, {Width} x {Height}, quality {Quality}, against libjpeg-turbo (same pixels, bit for bit), one thread each.";

    public void Run(Options options, Report report)
    {
        using TurboJpeg? peer = TurboJpeg.TryLoad();
        if (peer is null)
        {
            report.Line("libturbojpeg is not installed (Debian: libturbojpeg0): it also makes the files, so there is nothing to measure.");
            return;
        }

        report.Header("case", "file MB", "ms", "libjpeg-turbo ms", "ratio", "bytes allocated");
        foreach ((string name, int channels, int sampling, bool progressive) in new[]
        {
            ("4:2:0", 3, 2, false), ("4:2:2", 3, 1, false), ("4:4:4", 3, 0, false), ("gray", 1, 0, false), ("4:2:0 progressive", 3, 2, true),
        })
        {
            if (options.Wants(name))
            {
                Measure(name, channels, peer.Compress(Photograph(channels), Width, Height, channels, sampling, Quality, progressive), peer, options, report);
            }
        }

        report.Line();
        report.Line("Ratio: libjpeg-turbo's time / our time.");
    }

    private static void Measure(string name, int channels, byte[] file, TurboJpeg peer, Options options, Report report)
    {
        var theirs = new byte[Width * Height * channels];
        peer.Decompress(file, Width, Height, channels, theirs);
        using (Image ours = ImageDecoder.Decode(file))
        {
            if (!ours.Samples8.AsSpan().SequenceEqual(theirs))
            {
                throw new InvalidOperationException($"{name}: the pixels differ from libjpeg-turbo's.");
            }
        }

        Timing[] timings = Alternating.Run(
            options.Rounds, RoundSeconds, options.CpuTime,
            new Contender("GoNoGo", () => ImageDecoder.Decode(file).Dispose()),
            new Contender("libjpeg-turbo", () => peer.Decompress(file, Width, Height, channels, theirs)));
        long before = GC.GetAllocatedBytesForCurrentThread();
        ImageDecoder.Decode(file).Dispose();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        report.Row(
            name,
            Report.Number(file.Length / 1e6, 2),
            Report.Number(1000 * timings[0].Seconds, 1),
            Report.Number(1000 * timings[1].Seconds, 1),
            Report.Number(Alternating.Ratio(timings[0], timings[1]), 2),
            Report.Number(allocated, 0));
    }

    /// <summary>Soft surfaces of several scales, edges and sensor noise: about as many bits a pixel as a photograph.</summary>
    private static byte[] Photograph(int channels)
    {
        var random = new Random(1);
        var samples = new byte[Width * Height * channels];
        for (int i = 0; i < samples.Length; i++)
        {
            int pixel = i / channels;
            double x = pixel % Width;
            double y = pixel / Width;
            double value = 120 + (50 * Math.Sin((x / 310) + (i % channels))) + (30 * Math.Cos((y / 170) + (x / 900))) + (12 * Math.Sin((x / 9) + (y / 23)));
            if (((x - 2000) * (x - 2000)) + ((y - 1500) * (y - 1500)) < 1_000_000)
            {
                value = 255 - value;
            }

            samples[i] = (byte)Math.Clamp(value + random.Next(-3, 4), 0, 255);
        }

        return samples;
    }
}
