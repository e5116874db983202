using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using GoNoGo.Inspecting;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Datasets.Listing;

namespace GoNoGo.Benchmarks.Listing;

/// <summary>A million files in one folder: how long until their list stands, and what it holds in memory.</summary>
internal sealed class ListingBenchmark : IBenchmark
{
    private const int Files = 1_000_000;

    public string Name => "listing";

    public string Summary => "Listing 1,000,000 empty files: as a data set, and for inspection in natural order.";

    public void Run(Options options, Report report)
    {
        string root = Directory.CreateTempSubdirectory("gonogo-bench-").FullName;
        try
        {
            Make(root);
            report.Header("what", "s", "bytes kept a file", "bytes allocated a file");
            string good = Path.Combine(root, "good");
            int count = 0;
            // The first walk also warms the file system's cache.
            Case("walk, nothing kept", () => { count = 0; FolderWalk.Files(good, 0, (_, _) => count++); return count; });
            Case("Directory.GetFiles, for comparison", () => Directory.GetFiles(good));
            Case("Dataset.Open, recognised", () => Dataset.Open(root));
            Case("Dataset.Load, ordinal order", () => Dataset.Open(root).Load());
            Case("PictureList.Expand, folder, natural order", () => PictureList.Expand([good]));
            Case("PictureList.Expand, glob, natural order", () => PictureList.Expand([Path.Combine(good, "*.png")]));
            report.Line();
            report.Line($"Names have 16 letters (`part-0000000.png`): as strings they are 56 bytes. Median of {options.Rounds.ToString(CultureInfo.InvariantCulture)} rounds; files in the cache of the file system.");
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }

        void Case(string name, Func<object> work)
        {
            if (!options.Wants(name))
            {
                return;
            }

            work();
            var seconds = new List<double>();
            long kept = 0;
            long allocated = 0;
            for (int round = 0; round < options.Rounds; round++)
            {
                (double time, kept, allocated) = Measure(work);
                seconds.Add(time);
            }

            seconds.Sort();
            report.Row(name, Report.Number(seconds[seconds.Count / 2], 3), Report.Number((double)kept / Files, 1), Report.Number((double)allocated / Files, 1));
        }
    }

    /// <summary>On its own, so that no result of an earlier round is still held.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (double Seconds, long Kept, long Allocated) Measure(Func<object> work)
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long allocatedBefore = GC.GetTotalAllocatedBytes(precise: true);
        var clock = Stopwatch.StartNew();
        object result = work();
        double seconds = clock.Elapsed.TotalSeconds;
        long allocated = GC.GetTotalAllocatedBytes(precise: true) - allocatedBefore;
        long kept = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(result);
        return (seconds, kept, allocated);
    }

    private static void Make(string root)
    {
        string good = Directory.CreateDirectory(Path.Combine(root, "good")).FullName;
        string testGood = Directory.CreateDirectory(Path.Combine(root, "test", "good")).FullName;
        File.Create(Path.Combine(testGood, "0.png")).Dispose();
        for (int index = 0; index < Files; index++)
        {
            File.OpenHandle(Path.Combine(good, string.Create(CultureInfo.InvariantCulture, $"part-{index:D7}.png")), FileMode.Create, FileAccess.Write).Dispose();
        }
    }
}
