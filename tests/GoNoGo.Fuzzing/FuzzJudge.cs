using System.Diagnostics;

namespace GoNoGo.Fuzzing;

/// <summary>What became of one file.</summary>
/// <param name="Accepted">Whether it was read.</param>
/// <param name="Failure">What went wrong; null when nothing did.</param>
/// <param name="Elapsed">Time on the wall's clock.</param>
/// <param name="AllocatedBytes">Managed bytes that the calling thread allocated.</param>
public readonly record struct FuzzVerdict(bool Accepted, string? Failure, TimeSpan Elapsed, long AllocatedBytes);

/// <summary>Reads one file and holds the reader to its promises: read or refused, in little time and memory.</summary>
public static class FuzzJudge
{
    /// <summary>Reads a file.</summary>
    /// <param name="target">The reader.</param>
    /// <param name="file">The file.</param>
    /// <param name="thorough">Whether to look closer at what was read, which takes longer.</param>
    public static FuzzVerdict Judge(FuzzTarget target, byte[] file, bool thorough)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(file);
        long before = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();
        long size = file.Length;
        Exception? refusal = null;
        string? failure = null;
        try
        {
            size = Math.Max(size, target.Read(file));
        }
        catch (Exception exception)
        {
            refusal = exception;
        }

        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        if (refusal is not null && !target.IsRefusal(refusal))
        {
            failure = refusal.ToString();
        }

        // What was due is asked for only where it matters.
        if (failure is null && allocated > Limit(target, size)
            && (refusal is null || allocated > Limit(target, Math.Max(size, target.DueBytes(file, refusal)))))
        {
            failure = $"{allocated} bytes allocated for a file of {file.Length} bytes, "
                + (refusal is null ? $"which was read as {size} bytes" : $"which was refused: {refusal.Message}");
        }

        if (failure is null && elapsed > target.TimeLimit && ProcessorTime(target, file) is var spent && spent > target.TimeLimit)
        {
            failure = $"{elapsed.TotalSeconds:F1} s, {spent.TotalSeconds:F1} s of processor time, for a file of {file.Length} bytes";
        }

        if (failure is null && refusal is null && thorough)
        {
            try
            {
                target.Verify(file);
            }
            catch (Exception exception)
            {
                failure = exception.ToString();
            }
        }

        return new FuzzVerdict(refusal is null, failure, elapsed, allocated);
    }

    private static long Limit(FuzzTarget target, long size) => (4 * size) + target.FixedBytes;

    /// <summary>
    /// The shortest of three more readings, by processor time: on a busy machine the clock on the wall says little, and the
    /// process's own clock also counts its other threads (the compiler, the collector, tests beside this one).
    /// </summary>
    private static TimeSpan ProcessorTime(FuzzTarget target, byte[] file)
    {
        TimeSpan shortest = TimeSpan.MaxValue;
        for (int i = 0; i < 3 && shortest > target.TimeLimit; i++)
        {
            TimeSpan start = Environment.CpuUsage.TotalTime;
            try
            {
                target.Read(file);
            }
            catch (Exception exception) when (target.IsRefusal(exception))
            {
                // Refused, as the first time.
            }

            TimeSpan spent = Environment.CpuUsage.TotalTime - start;
            shortest = spent < shortest ? spent : shortest;
        }

        return shortest;
    }
}
