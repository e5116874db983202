using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using GoNoGo.Evaluation.Metrics.Pixel;
using GoNoGo.Tensors.Parallel;

namespace GoNoGo.Benchmarks.AuPro;

/// <summary>
/// Exact AU-PRO (with all other pixel metrics, which come from the same sweep) over 83 maps of 900x900, against
/// <c>bench/peers/aupro.py</c> where Python with NumPy and SciPy is installed.
/// </summary>
internal sealed class AuProBenchmark : IBenchmark
{
    private const int Images = 83;
    private const int Size = 900;

    public string Name => "aupro";

    public string Summary => "Exact AU-PRO and all pixel metrics over 83 maps of 900x900 against an argsort in NumPy.";

    public void Run(Options options, Report report)
    {
        var data = new SyntheticMaps(Images, 63, Size);
        string folder = Directory.CreateTempSubdirectory("gonogo-aupro").FullName;
        try
        {
            string? python = WriteForPeer(data, folder);
            List<Sample> samples = [];
            for (int round = 0; round < options.Rounds; round++)
            {
                foreach (int threads in options.Threads)
                {
                    samples.Add(Ours($"GoNoGo, {threads} thread{(threads == 1 ? "" : "s")}", data, threads, PixelMetrics.DefaultMemoryLimitBytes));
                }

                samples.Add(Ours("GoNoGo, spilled to a file beyond 64 MiB", data, options.Threads[^1], 1L << 26));
                if (python is not null)
                {
                    samples.Add(Peer(python, folder));
                }
            }

            Write(samples, report);
            if (python is null)
            {
                report.Line();
                report.Line("The peer did not run: python3 with numpy and scipy is not installed.");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Sample Ours(string name, SyntheticMaps data, int threads, long memoryLimit)
    {
        Workers.ThreadCount = threads;
        GC.Collect();
        long before = ResetPeakBytes();
        TimeSpan processorBefore = Environment.CpuUsage.TotalTime;
        var watch = Stopwatch.StartNew();
        double value;
        using (var metrics = new PixelMetrics(memoryLimit))
        {
            for (int image = 0; image < Images; image++)
            {
                metrics.Add(data.Maps[image], data.Masks[image], data.Size, data.Size);
            }

            value = metrics.Compute().AuProAt(0.3).Value!.Value;
        }

        double seconds = watch.Elapsed.TotalSeconds;
        double processorSeconds = (Environment.CpuUsage.TotalTime - processorBefore).TotalSeconds;
        return new Sample(name, seconds, processorSeconds, (PeakBytes() - before) / 1048576.0, value);
    }

    private static Sample Peer(string python, string folder)
    {
        string output = Capture(python, [Script(), Path.Combine(folder, "maps.npy"), Path.Combine(folder, "masks.npy"), "0.3"])
            ?? throw new InvalidOperationException("bench/peers/aupro.py failed");
        JsonElement json = JsonDocument.Parse(output).RootElement;
        return new Sample(
            "NumPy " + json.GetProperty("numpy").GetString(),
            json.GetProperty("seconds").GetDouble(),
            json.GetProperty("processor_seconds").GetDouble(),
            json.GetProperty("extra_mib").GetDouble(),
            json.GetProperty("value").GetDouble());
    }

    private static void Write(List<Sample> samples, Report report)
    {
        report.Header("", "seconds (median)", "fastest", "processor seconds (median)", "peak memory beyond maps and masks, MiB", "AU-PRO_0.3");
        foreach (IGrouping<string, Sample> group in samples.GroupBy(sample => sample.Name))
        {
            double[] seconds = [.. group.Select(sample => sample.Seconds).Order()];
            double[] processorSeconds = [.. group.Select(sample => sample.ProcessorSeconds).Order()];
            report.Row(
                group.Key,
                Report.Number(seconds[seconds.Length / 2], 2),
                Report.Number(seconds[0], 2),
                Report.Number(processorSeconds[processorSeconds.Length / 2], 2),
                Report.Number(group.Max(sample => sample.ExtraMib), 0),
                Report.Number(group.First().Value, 15));
        }
    }

    /// <summary>Writes maps and masks as NPY; returns the Python that can read them, or null.</summary>
    private static string? WriteForPeer(SyntheticMaps data, string folder)
    {
        foreach (string python in new[] { "/usr/bin/python3", "python3", "python" })
        {
            if (File.Exists(Script()) && Capture(python, ["-c", "import numpy, scipy.ndimage"]) is not null)
            {
                WriteNpy(Path.Combine(folder, "maps.npy"), "<f4", data.Size, data.Maps.Select(map => MemoryMarshal.AsBytes(map.AsSpan()).ToArray()));
                WriteNpy(Path.Combine(folder, "masks.npy"), "|u1", data.Size, data.Masks);
                return python;
            }
        }

        return null;
    }

    private static void WriteNpy(string path, string type, int size, IEnumerable<byte[]> images)
    {
        using FileStream file = File.Create(path);
        string header = string.Create(
            CultureInfo.InvariantCulture, $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({Images}, {size}, {size}), }}");
        header = header.PadRight(128 - 10 - 1) + "\n";
        file.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0]);
        file.Write(Encoding.ASCII.GetBytes(header));
        foreach (byte[] image in images)
        {
            file.Write(image);
        }
    }

    private static string Script()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string script = Path.Combine(folder.FullName, "bench", "peers", "aupro.py");
            if (File.Exists(script))
            {
                return script;
            }
        }

        return "bench/peers/aupro.py";
    }

    private static string? Capture(string program, string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? output : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Starts the measurement of the peak anew where the system can (Linux); returns the memory in use.</summary>
    private static long ResetPeakBytes()
    {
        if (OperatingSystem.IsLinux())
        {
            File.WriteAllText("/proc/self/clear_refs", "5");
        }

        using var self = Process.GetCurrentProcess();
        return self.WorkingSet64;
    }

    private static long PeakBytes()
    {
        if (OperatingSystem.IsLinux())
        {
            string line = File.ReadLines("/proc/self/status").First(text => text.StartsWith("VmHWM:", StringComparison.Ordinal));
            return 1024 * long.Parse(line.AsSpan(6).Trim().ToString().Split(' ')[0], CultureInfo.InvariantCulture);
        }

        using var self = Process.GetCurrentProcess();
        return self.PeakWorkingSet64;
    }

    private sealed record Sample(string Name, double Seconds, double ProcessorSeconds, double ExtraMib, double Value);
}
