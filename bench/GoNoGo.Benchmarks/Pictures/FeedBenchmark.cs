using System.Globalization;
using GoNoGo.Benchmarks.Measurement;
using GoNoGo.Benchmarks.Peers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Parallel;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Datasets.Loading;
using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Png;

namespace GoNoGo.Benchmarks.Pictures;

/// <summary>A thousand PNG files through the loader: to nobody, which shows what feeding can do, and to a loop that computes on all processors.</summary>
internal sealed class FeedBenchmark : IBenchmark
{
    private const int Side = 900;
    private const int Target = 224;
    private const int Distinct = 12;
    private const int Pictures = 1000;
    private const int Settled = 200;
    private const int Computed = 100;
    private const int BatchSize = 4;

    public string Name => "feed";

    public string Summary =>
        $"{Pictures} PNG files, {Side} x {Side} RGB, decoded, resized to {Target} x {Target} and scaled by the loader, against Pillow; and {Computed} of them for a loop that computes.";

    public void Run(Options options, Report report)
    {
        string folder = Directory.CreateTempSubdirectory("gonogo-feed-").FullName;
        try
        {
            long bytes = 0;
            for (int seed = 0; seed < Distinct; seed++)
            {
                byte[] file = PngEncoder.Encode(NoisyPart.Draw(Side, 3, seed + 1));
                File.WriteAllBytes(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{seed:D2}.png")), file);
                bytes += file.Length;
            }

            FileInfo[] files = [.. new DirectoryInfo(folder).GetFiles().OrderBy(file => file.Name, StringComparer.Ordinal)];
            report.Line($"{Distinct} distinct files of {bytes / 1e6 / Distinct:F2} MB, read again and again; batches of {BatchSize}; {Workers.ThreadCount} computing threads.");
            report.Line();
            if (options.Wants("feed"))
            {
                Feed(folder, files, options, report);
            }

            if (options.Wants("memory"))
            {
                Memory(files, report);
            }

            if (options.Wants("computing"))
            {
                Computing(files, options, report);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Feed(string folder, FileInfo[] files, Options options, Report report)
    {
        using PythonPeer? peer = PythonPeer.TryStart("feed.py", folder, Target.ToString(CultureInfo.InvariantCulture), Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture));
        // For the JIT.
        Pass(files, 0, 100, () => { });
        int[] loaders = [0, .. options.Threads];
        var passes = loaders.Select(_ => new List<Outcome>()).ToArray();
        var peers = new Dictionary<string, List<(double Wall, double Processor)>> { ["processes"] = [], ["threads"] = [] };
        for (int round = 0; round < options.Rounds; round++)
        {
            for (int i = 0; i < loaders.Length; i++)
            {
                passes[i].Add(Pass(files, loaders[i], Settled, () => { }));
            }

            foreach ((string kind, List<(double, double)> times) in peers)
            {
                if (peer is not null)
                {
                    string[] answer = peer.Ask(string.Create(CultureInfo.InvariantCulture, $"{kind} {Settled}")).Split(' ');
                    times.Add((double.Parse(answer[0], CultureInfo.InvariantCulture), double.Parse(answer[1], CultureInfo.InvariantCulture)));
                }
            }
        }

        report.Header("loader threads", "pictures/s", "processors busy", "processors wanted", "processor ms a picture");
        for (int i = 0; i < loaders.Length; i++)
        {
            Outcome[] all = [.. passes[i]];
            report.Row(
                loaders[i] == 0 ? "default" : Report.Number(loaders[i], 0),
                Report.Number(Settled / Median(all, pass => pass.Time.Wall), 1),
                Report.Number(Median(all, pass => pass.Time.Processor / pass.Time.Wall), 2),
                Report.Number(Median(all, pass => (pass.Time.Processor + pass.Time.Waiting) / pass.Time.Wall), 2),
                Report.Number(Median(all, pass => 1000 * pass.Time.Processor / Settled), 2));
        }

        report.Line();
        foreach ((string kind, List<(double Wall, double Processor)> times) in peers)
        {
            if (times.Count > 0)
            {
                double wall = Alternating.Median([.. times.Select(time => time.Wall)]);
                double ratio = Alternating.Median([.. times.Zip(passes[0], (theirs, ours) => theirs.Wall / ours.Time.Wall)]);
                double work = Alternating.Median([.. times.Zip(passes[0], (theirs, ours) => theirs.Processor / ours.Time.Processor)]);
                report.Line($"- {peer!.Version}, {Environment.ProcessorCount} {kind}: {Settled / wall:F1} pictures/s, {1000 * Alternating.Median([.. times.Select(time => time.Processor)]) / Settled:F2} processor ms a picture; ratio to the default {ratio:F2} by the wall, {work:F2} by processor time.");
            }
        }

        report.Line();
        report.Line($"Passes of {Settled} pictures. Busy: processor time / wall time. Wanted: the same with the time that threads were ready and others had the processors.");
        report.Line("Ratio: Pillow's time / our time.");
        report.Line();
    }

    private static void Memory(FileInfo[] files, Report report)
    {
        Outcome whole = Pass(files, 0, Pictures, () => { });
        report.Line();
        report.Line($"{Pictures} pictures, default: {Pictures / whole.Time.Wall:F1} pictures/s; the process has {whole.SettledBytes / 1e6:F1} MB at picture {Settled} and {whole.LastBytes / 1e6:F1} MB at picture {Pictures}, {whole.AllocatedBytes:F0} managed bytes allocated a picture between them.");
        report.Line();
    }

    /// <summary>A loop that needs all processors itself: loading should cost it nothing but the processor time of decoding.</summary>
    private static void Computing(FileInfo[] files, Options options, Report report)
    {
        using var scope = new TensorScope();
        Tensor a = scope.New(new Shape(1024, 1024));
        Tensor b = scope.New(new Shape(1024, 1024));
        Tensor c = scope.New(new Shape(1024, 1024));
        a.Span.Fill(0.5f);
        b.Span.Fill(0.25f);
        int[] loaders = [0, .. options.Threads];
        report.Header("work a batch", "loader threads", "pictures/s", "processors busy", "processor ms a picture");
        foreach (int products in new[] { 2, 10 })
        {
            void Work()
            {
                for (int i = 0; i < products; i++)
                {
                    MatrixMultiply.Run(a, false, b, false, c);
                }
            }

            var passes = loaders.Select(_ => new List<Outcome>()).ToArray();
            for (int round = 0; round < options.Rounds; round++)
            {
                for (int i = 0; i < loaders.Length; i++)
                {
                    passes[i].Add(Pass(files, loaders[i], Computed, Work));
                }
            }

            for (int i = 0; i < loaders.Length; i++)
            {
                Outcome[] all = [.. passes[i]];
                report.Row(
                    string.Create(CultureInfo.InvariantCulture, $"{products} products of 1024 x 1024"),
                    loaders[i] == 0 ? "default" : Report.Number(loaders[i], 0),
                    Report.Number(Computed / Median(all, pass => pass.Time.Wall), 1),
                    Report.Number(Median(all, pass => pass.Time.Processor / pass.Time.Wall), 2),
                    Report.Number(Median(all, pass => 1000 * pass.Time.Processor / Computed), 2));
            }
        }

        report.Line();
    }

    private static double Median(Outcome[] passes, Func<Outcome, double> value) => Alternating.Median([.. passes.Select(value)]);

    private static Outcome Pass(FileInfo[] files, int loaderThreads, int count, Action work)
    {
        var items = new FileItem[count];
        for (int i = 0; i < count; i++)
        {
            items[i] = new FileItem(files[i % files.Length].FullName);
        }

        Preprocessing preprocessing = new Preprocessing { Width = Target, Height = Target }.WithImageNet();
        using var loader = new BatchLoader(items, preprocessing, new BatchLoaderOptions { CacheBytes = 0, Threads = loaderThreads });
        int[] order = [.. Enumerable.Range(0, count)];
        GC.Collect();
        ProcessClock start = ProcessClock.Now();
        long allocated = 0;
        long settled = 0;
        int done = 0;
        using BatchRun run = loader.Begin(order, BatchSize);
        while (run.TryNext(out Batch batch))
        {
            work();
            done += batch.Count;
            if (done == Settled)
            {
                settled = Environment.WorkingSet;
                allocated = GC.GetTotalAllocatedBytes(precise: true);
            }
        }

        ProcessClock time = ProcessClock.Now() - start;
        return new Outcome(time, settled, Environment.WorkingSet, (GC.GetTotalAllocatedBytes(precise: true) - allocated) / (double)Math.Max(1, count - Settled));
    }

    private readonly record struct Outcome(ProcessClock Time, long SettledBytes, long LastBytes, double AllocatedBytes);

    private sealed class FileItem(string path) : DatasetItem
    {
        public override string RelativePath => path;

        public override bool IsDefective => false;

        public override string DefectKind => GoodKind;

        public override bool HasMask => false;

        public override PictureFormat Identify() => default;

        public override Image LoadImage() => ImageDecoder.Load(path);

        public override Image? LoadMask() => null;
    }
}
