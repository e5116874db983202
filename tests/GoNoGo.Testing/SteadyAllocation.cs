namespace GoNoGo.Testing;

/// <summary>Measures what a repeated call still allocates once it is warm.</summary>
public static class SteadyAllocation
{
    /// <summary>
    /// The fewest managed bytes of up to five rounds on this thread; a round without any is the last. A call that allocates by itself does
    /// so in each round, but a buffer of the shared pool that a test beside it holds at this moment is made anew in one round only.
    /// </summary>
    /// <param name="warmUp">Calls before the first round.</param>
    /// <param name="calls">Calls a round.</param>
    /// <param name="call">The work; the same each time.</param>
    public static long Of(int warmUp, int calls, Action call)
    {
        ArgumentNullException.ThrowIfNull(call);
        Repeat(warmUp, call);
        long fewest = long.MaxValue;
        for (int round = 0; round < 5 && fewest > 0; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Repeat(calls, call);
            fewest = Math.Min(fewest, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return fewest;
    }

    private static void Repeat(int calls, Action call)
    {
        for (int i = 0; i < calls; i++)
        {
            call();
        }
    }
}
