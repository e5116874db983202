using System.Diagnostics;
using System.Globalization;

namespace GoNoGo.Benchmarks.Measurement;

/// <summary>Times of this process and all its threads, in seconds since some moment.</summary>
/// <param name="Wall">The clock on the wall.</param>
/// <param name="Processor">Processor time of all threads, those that ended included.</param>
/// <param name="Waiting">Time that living threads were ready to run but had no processor, because others had it; 0 where the system does not tell.</param>
internal readonly record struct ProcessClock(double Wall, double Processor, double Waiting)
{
    public static ProcessClock Now()
    {
        double waiting = 0;
        if (OperatingSystem.IsLinux())
        {
            foreach (string task in Directory.GetDirectories("/proc/self/task"))
            {
                try
                {
                    string[] fields = File.ReadAllText(Path.Combine(task, "schedstat")).Split(' ');
                    waiting += long.Parse(fields[1], CultureInfo.InvariantCulture) * 1e-9;
                }
                catch (IOException)
                {
                    // The thread ended between the two lines.
                }
            }
        }

        return new ProcessClock(Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency, Environment.CpuUsage.TotalTime.TotalSeconds, waiting);
    }

    public static ProcessClock operator -(ProcessClock end, ProcessClock start) =>
        new(end.Wall - start.Wall, end.Processor - start.Processor, end.Waiting - start.Waiting);
}
