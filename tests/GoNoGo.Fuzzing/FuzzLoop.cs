using System.Diagnostics;

namespace GoNoGo.Fuzzing;

/// <summary>Runs many cases on the calling thread.</summary>
public static class FuzzLoop
{
    /// <summary>Every so many cases a file that was read is looked at closer.</summary>
    private const int ThoroughEvery = 8;

    private static readonly TimeSpan ProgressTime = TimeSpan.FromSeconds(2);

    /// <summary>Runs the cases of a seed, writes those that fail, and tells what it saw.</summary>
    public static FuzzReport Run(FuzzTarget target, FuzzOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        options ??= new FuzzOptions();
        var cases = new FuzzCases(target, options.Seed);
        var files = new CaseFiles(target, options);
        using var running = new RunningCase(target, options, files);
        var failures = new List<FuzzFailure>();
        var report = new FuzzReport { Target = target.Name, Seed = options.Seed, Failures = failures };
        long accepted = 0;
        var slowest = (Time: TimeSpan.Zero, Index: 0L);
        var largest = (Bytes: 0L, Index: 0L);
        var watch = Stopwatch.StartNew();
        TimeSpan told = TimeSpan.Zero;
        long done = 0;
        FuzzReport Report() => report with { Cases = done, Accepted = accepted, Elapsed = watch.Elapsed, Slowest = slowest, Largest = largest };
        while (done < options.Cases && failures.Count < options.MostFailures)
        {
            long index = options.First + done;
            byte[] file = cases.Make(index);
            running.Enter(index, file);
            FuzzVerdict verdict = FuzzJudge.Judge(target, file, thorough: index % ThoroughEvery == 0);
            running.Leave();
            done++;
            if (verdict.Failure is { } message)
            {
                failures.Add(files.Write(index, file, message));
            }
            else if (verdict.Accepted)
            {
                accepted++;
            }

            slowest = verdict.Elapsed > slowest.Time ? (verdict.Elapsed, index) : slowest;
            largest = verdict.AllocatedBytes > largest.Bytes ? (verdict.AllocatedBytes, index) : largest;
            TimeSpan now = watch.Elapsed;
            if (now - told > ProgressTime)
            {
                told = now;
                options.Progress?.Invoke(Report());
            }

            if (now > options.Time)
            {
                break;
            }
        }

        return Report();
    }
}
