using GoNoGo.Benchmarks.Peers;

namespace GoNoGo.Benchmarks.Measurement;

/// <summary>Times a call against scripts in other processes, in alternating rounds.</summary>
internal static class PeerRounds
{
    /// <summary>What came out of one case.</summary>
    /// <param name="Ours">Our timing.</param>
    /// <param name="Peer">The faster peer's name, or null when there is none.</param>
    /// <param name="PeerSeconds">Its median.</param>
    /// <param name="Ratio">Median over the rounds of peer time / our time.</param>
    internal sealed record Result(Timing Ours, string? Peer, double PeerSeconds, double Ratio);

    /// <summary>Runs the rounds.</summary>
    /// <param name="rounds">How many.</param>
    /// <param name="roundSeconds">Seconds of each contender in a round.</param>
    /// <param name="call">Our call.</param>
    /// <param name="name">The case as the script knows it.</param>
    /// <param name="all">The scripts.</param>
    /// <param name="cpuTime">Count processor time: for one thread on a busy machine.</param>
    public static Result Run(int rounds, double roundSeconds, Action call, string name, IEnumerable<TorchPeer> all, bool cpuTime)
    {
        TorchPeer[] peers = [.. all.Where(peer => peer.TryPrepare(name))];
        var ours = new double[rounds];
        var theirs = peers.Select(_ => new double[rounds]).ToArray();
        double bytes = double.MaxValue;
        for (int round = 0; round < rounds; round++)
        {
            Timing timing = Alternating.Run(1, roundSeconds, cpuTime, new Contender("GoNoGo", call))[0];
            ours[round] = timing.Seconds;
            bytes = Math.Min(bytes, timing.AllocatedBytes);
            for (int i = 0; i < peers.Length; i++)
            {
                Thread.Sleep(40);
                theirs[i][round] = peers[i].Run(roundSeconds, cpuTime);
            }
        }

        var mine = new Timing("GoNoGo", Alternating.Median(ours), ours, bytes);
        int best = peers.Length == 0 ? -1 : Enumerable.Range(0, peers.Length).MinBy(i => Alternating.Median(theirs[i]));
        return best < 0
            ? new Result(mine, null, double.NaN, double.NaN)
            : new Result(mine, peers[best].Name, Alternating.Median(theirs[best]), Alternating.Ratio(mine, new Timing(peers[best].Name, 0, theirs[best], 0)));
    }
}
