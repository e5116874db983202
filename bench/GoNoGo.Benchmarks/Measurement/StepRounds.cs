using System.Diagnostics;
using System.Globalization;
using GoNoGo.Benchmarks.Peers;

namespace GoNoGo.Benchmarks.Measurement;

/// <summary>A step that takes seconds, timed in turns with scripts that time their own: wall and processor seconds of each round.</summary>
/// <param name="Ours">Our rounds.</param>
/// <param name="Theirs">The rounds of each peer; empty where it is not installed.</param>
/// <param name="AllocatedBytes">Managed bytes of our last step.</param>
internal sealed record StepRounds(IReadOnlyList<(double Wall, double Processor)> Ours, IReadOnlyList<(double Wall, double Processor)>[] Theirs, long AllocatedBytes)
{
    /// <summary>The clocks, with what picks their seconds.</summary>
    public static IReadOnlyList<(string Name, Func<(double Wall, double Processor), double> Pick)> Clocks { get; } =
        [("wall", pair => pair.Wall), ("processor", pair => pair.Processor)];

    /// <summary>Runs the rounds.</summary>
    /// <param name="rounds">How many.</param>
    /// <param name="once">Our step.</param>
    /// <param name="peers">Scripts that answer "step" with wall and processor seconds; null where not installed.</param>
    public static StepRounds Run(int rounds, Action once, params PythonPeer?[] peers)
    {
        var ours = new List<(double, double)>();
        List<(double, double)>[] theirs = [.. peers.Select(_ => new List<(double, double)>())];
        long allocated = 0;
        for (int round = 0; round < rounds; round++)
        {
            Thread.Sleep(100);
            TimeSpan processor = Environment.CpuUsage.TotalTime;
            long bytes = GC.GetTotalAllocatedBytes();
            long start = Stopwatch.GetTimestamp();
            once();
            ours.Add((Stopwatch.GetElapsedTime(start).TotalSeconds, (Environment.CpuUsage.TotalTime - processor).TotalSeconds));
            allocated = GC.GetTotalAllocatedBytes() - bytes;
            for (int i = 0; i < peers.Length; i++)
            {
                Thread.Sleep(100);
                if (peers[i] is { } peer)
                {
                    double[] answer = Array.ConvertAll(peer.Ask("step").Split(' '), part => double.Parse(part, CultureInfo.InvariantCulture));
                    theirs[i].Add((answer[0], answer[1]));
                }
            }
        }

        return new StepRounds(ours, theirs, allocated);
    }

    /// <summary>Our median.</summary>
    public double Seconds(Func<(double Wall, double Processor), double> pick) => Alternating.Median([.. Ours.Select(pick)]);

    /// <summary>A peer's median as text.</summary>
    public string PeerSeconds(int peer, Func<(double Wall, double Processor), double> pick) =>
        Theirs[peer].Count == 0 ? "-" : Report.Number(Alternating.Median([.. Theirs[peer].Select(pick)]), 3);

    /// <summary>A peer's time / ours, the median of the rounds' ratios, as text.</summary>
    public string Ratio(int peer, Func<(double Wall, double Processor), double> pick) =>
        Theirs[peer].Count == 0 ? "-" : Report.Number(Alternating.Median([.. Theirs[peer].Select(pick).Zip(Ours.Select(pick), (theirs, ours) => theirs / ours)]), 2);
}
