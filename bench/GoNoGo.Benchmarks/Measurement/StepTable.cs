using GoNoGo.Tensors.Parallel;

namespace GoNoGo.Benchmarks.Measurement;

/// <summary>The tables of a training step: one for each number of threads, with the machine's peak before and after.</summary>
internal static class StepTable
{
    /// <summary>Writes the tables.</summary>
    /// <param name="options">Name the numbers of threads.</param>
    /// <param name="report">Receives the tables.</param>
    /// <param name="columns">Their columns.</param>
    /// <param name="step">Measures with so many threads and writes the rows.</param>
    /// <param name="notes">What columns beyond the ratios mean.</param>
    public static void Run(Options options, Report report, ReadOnlySpan<string> columns, Action<int> step, string notes = "")
    {
        foreach (int threads in options.Threads)
        {
            Workers.ThreadCount = threads;
            double peak = FmaPeak.Measure();
            report.ThreadHeading(threads);
            report.Header(columns);
            step(threads);
            report.Line();
            report.Line($"FMA peak of one thread: {peak:F1} GFLOP/s before, {FmaPeak.Measure():F1} after. Ratio: PyTorch time / our time, the median of alternating rounds.{(notes.Length > 0 ? " " + notes : "")}");
            report.Line();
        }
    }
}
