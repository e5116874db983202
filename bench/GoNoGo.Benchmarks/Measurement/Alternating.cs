using System.Diagnostics;
using System.Runtime.InteropServices;

namespace GoNoGo.Benchmarks.Measurement;

/// <summary>What was measured of one contender.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Seconds">Median over the rounds of the seconds per call.</param>
/// <param name="RoundSeconds">Seconds per call of each round.</param>
/// <param name="AllocatedBytes">Managed bytes allocated per call, by all threads; the smallest of the rounds.</param>
internal sealed record Timing(string Name, double Seconds, double[] RoundSeconds, double AllocatedBytes);

/// <summary>One thing to be timed.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Call">One call.</param>
internal sealed record Contender(string Name, Action Call);

/// <summary>
/// Times contenders in alternating rounds (a b c, a b c, ...), so that a slow minute of the machine hits all of them, and takes medians.
/// </summary>
internal static class Alternating
{
    /// <summary>
    /// Every contender runs in each round for at least <paramref name="roundSeconds"/>, after an untimed call. Between contenders the
    /// thread sleeps, so that the spinning helper threads of one library do not take cores from the next.
    /// </summary>
    public static Timing[] Run(int rounds, double roundSeconds, params ReadOnlySpan<Contender> contenders) =>
        Run(rounds, roundSeconds, cpuTime: false, contenders);

    /// <summary>
    /// The same with a choice of clock: <paramref name="cpuTime"/> counts only the time that the calling thread had a processor, for
    /// single-threaded contenders on a machine that is busy with other things.
    /// </summary>
    public static Timing[] Run(int rounds, double roundSeconds, bool cpuTime, params ReadOnlySpan<Contender> contenders)
    {
        var seconds = new double[contenders.Length][];
        var bytes = new double[contenders.Length];
        var calls = new int[contenders.Length];
        for (int i = 0; i < contenders.Length; i++)
        {
            seconds[i] = new double[rounds];
            bytes[i] = double.MaxValue;
            // Enough untimed calls for the JIT to reach its final code.
            long start = Stopwatch.GetTimestamp();
            int warm = 0;
            do
            {
                contenders[i].Call();
                warm++;
            }
            while (Stopwatch.GetElapsedTime(start).TotalSeconds < Math.Max(roundSeconds, 0.1) || warm < 3);
            calls[i] = Math.Max(1, (int)Math.Ceiling(roundSeconds * warm / Stopwatch.GetElapsedTime(start).TotalSeconds));
        }

        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < contenders.Length; i++)
            {
                Thread.Sleep(40);
                Action call = contenders[i].Call;
                call();
                long allocated = GC.GetTotalAllocatedBytes();
                double start = Seconds(cpuTime);
                for (int n = 0; n < calls[i]; n++)
                {
                    call();
                }

                seconds[i][round] = (Seconds(cpuTime) - start) / calls[i];
                bytes[i] = Math.Min(bytes[i], (GC.GetTotalAllocatedBytes() - allocated) / (double)calls[i]);
            }
        }

        var timings = new Timing[contenders.Length];
        for (int i = 0; i < contenders.Length; i++)
        {
            timings[i] = new Timing(contenders[i].Name, Median(seconds[i]), seconds[i], bytes[i]);
        }

        return timings;
    }

    /// <summary>The median over the rounds of peer time / our time: larger than 1 means that we are faster.</summary>
    public static double Ratio(Timing ours, Timing peer) => Median([.. peer.RoundSeconds.Zip(ours.RoundSeconds, (p, o) => p / o)]);

    /// <summary>The median.</summary>
    public static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : 0.5 * (sorted[middle - 1] + sorted[middle]);
    }

    /// <summary>Seconds by the wall clock or by the processor time of the calling thread.</summary>
    public static double Seconds(bool cpuTime)
    {
        if (!cpuTime)
        {
            return Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;
        }

        // Linux: CLOCK_THREAD_CPUTIME_ID.
        if (GetClock(3, out ClockTime time) != 0)
        {
            throw new PlatformNotSupportedException("No per-thread clock here; measure with --clock wall.");
        }

        return time.Seconds + (time.Nanoseconds * 1e-9);
    }

    [DllImport("libc", EntryPoint = "clock_gettime")]
    private static extern int GetClock(int clock, out ClockTime time);

    private struct ClockTime
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
