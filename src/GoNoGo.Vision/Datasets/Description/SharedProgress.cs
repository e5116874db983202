namespace GoNoGo.Vision.Datasets.Description;

/// <summary>Counts what several threads do, and tells it by one at a time: who comes while another tells goes on with its work.</summary>
internal sealed class SharedProgress(int all, Action<int, int>? progress)
{
    private readonly Lock _gate = new();
    private int _done;

    public void Done()
    {
        int done = Interlocked.Increment(ref _done);
        if (progress is not null && _gate.TryEnter())
        {
            try
            {
                progress(Math.Max(done, Volatile.Read(ref _done)), all);
            }
            finally
            {
                _gate.Exit();
            }
        }
    }
}
