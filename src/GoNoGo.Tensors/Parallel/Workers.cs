namespace GoNoGo.Tensors.Parallel;

/// <summary>
/// The engine's threads. Work is split into items by shape, never by the number of threads, and each item is computed
/// the same way whoever takes it: results do not depend on <see cref="ThreadCount"/>.
/// </summary>
public static class Workers
{
    private const int SpinsBeforeSleep = 1000;

    private static readonly Lock Gate = new();
    private static readonly List<Thread> Threads = [];
    private static readonly SemaphoreSlim Wake = new(0);
    private static Job? s_job;
    private static int s_sleeping;
    private static int s_threadCount = Environment.ProcessorCount;

    [ThreadStatic]
    private static bool t_inside;

    /// <summary>How many threads compute, the calling one included. Default: the number of processors.</summary>
    public static int ThreadCount
    {
        get => s_threadCount;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            s_threadCount = value;
        }
    }

    /// <summary>
    /// Runs items 0 .. <paramref name="count"/> - 1 and returns when all are done. A loop inside a loop, or one started
    /// while another caller's loop runs, is done by the calling thread alone. The first exception is thrown to the caller.
    /// </summary>
    public static void For<TBody>(int count, TBody body) where TBody : struct, IParallelBody
    {
        if (count <= 1 || s_threadCount == 1 || t_inside || !Gate.TryEnter())
        {
            for (int index = 0; index < count; index++)
            {
                body.Invoke(index);
            }

            return;
        }

        try
        {
            t_inside = true;
            int helpers = Math.Min(s_threadCount, count) - 1;
            EnsureThreads(helpers);
            Job<TBody> job = Job<TBody>.Instance;
            job.Start(body, count, helpers);
            // A full fence: the sleepers must be counted after the job can be seen.
            Interlocked.Exchange(ref s_job, job);
            WakeSleepers(helpers);
            job.Work();
            Volatile.Write(ref s_job, null);
            job.WaitForHelpers();
            job.Forget();
            job.ThrowIfFailed();
        }
        finally
        {
            t_inside = false;
            Gate.Exit();
        }
    }

    /// <summary>
    /// Makes every loop that this thread starts run on this thread alone until the returned value is disposed: for
    /// background work (decoding, prefetching) that must not take the engine's threads from the training thread.
    /// </summary>
    public static SerialRegion RunSerially()
    {
        var region = new SerialRegion(t_inside);
        t_inside = true;
        return region;
    }

    private static void EnsureThreads(int helpers)
    {
        while (Threads.Count < helpers)
        {
            var thread = new Thread(Loop) { IsBackground = true, Name = $"GoNoGo worker {Threads.Count + 1}" };
            Threads.Add(thread);
            thread.UnsafeStart();
        }
    }

    /// <summary>
    /// Takes up to <paramref name="helpers"/> threads out of the count of sleepers and gives each one permit: a thread is woken once,
    /// however many loops start before it runs.
    /// </summary>
    private static void WakeSleepers(int helpers)
    {
        int sleeping = Volatile.Read(ref s_sleeping);
        while (sleeping > 0)
        {
            int woken = Math.Min(sleeping, helpers);
            int seen = Interlocked.CompareExchange(ref s_sleeping, sleeping - woken, sleeping);
            if (seen == sleeping)
            {
                Wake.Release(woken);
                return;
            }

            sleeping = seen;
        }
    }

    /// <summary>Takes one announced sleeper back; false if all are being woken, whose permit must then be waited for.</summary>
    private static bool TryStayAwake()
    {
        int sleeping = Volatile.Read(ref s_sleeping);
        while (sleeping > 0)
        {
            int seen = Interlocked.CompareExchange(ref s_sleeping, sleeping - 1, sleeping);
            if (seen == sleeping)
            {
                return true;
            }

            sleeping = seen;
        }

        return false;
    }

    private static void Loop()
    {
        t_inside = true;
        int idle = 0;
        while (true)
        {
            Job? job = Volatile.Read(ref s_job);
            if (job is not null && job.TryJoin())
            {
                job.Work();
                job.Leave();
                idle = 0;
                continue;
            }

            if (++idle < SpinsBeforeSleep)
            {
                Thread.SpinWait(20);
                continue;
            }

            // Announce the sleep first, then look once more: a job published in between is not missed,
            // because its publisher reads the counter after publishing.
            Interlocked.Increment(ref s_sleeping);
            Job? late = Volatile.Read(ref s_job);
            if (late is null || !late.HasRoom || !TryStayAwake())
            {
                Wake.Wait();
            }

            idle = 0;
        }
    }

    /// <summary>Ends a serial region when disposed.</summary>
    public readonly ref struct SerialRegion
    {
        private readonly bool _before;

        internal SerialRegion(bool before) => _before = before;

        /// <summary>Restores what held before the region.</summary>
        public void Dispose() => t_inside = _before;
    }

    /// <summary>One running loop. There is at most one at a time, so one instance per body type serves for ever.</summary>
    private abstract class Job
    {
        // Low 32 bits: helpers inside. A closed job has a large negative offset, so that late comers are turned away.
        private const int Closed = int.MinValue / 2;

        private int _count;
        private int _next;
        private int _room;
        private int _inside = Closed;
        private Exception? _failure;

        public bool HasRoom => Volatile.Read(ref _inside) >= 0 && Volatile.Read(ref _room) > 0;

        public void Work()
        {
            try
            {
                while (true)
                {
                    int index = Interlocked.Increment(ref _next) - 1;
                    if (index >= _count)
                    {
                        return;
                    }

                    Do(index);
                }
            }
            catch (Exception exception)
            {
                Interlocked.CompareExchange(ref _failure, exception, null);
                Volatile.Write(ref _next, int.MaxValue / 2);
            }
        }

        public bool TryJoin()
        {
            if (!HasRoom || Interlocked.Increment(ref _inside) <= 0)
            {
                return false;
            }

            if (Interlocked.Decrement(ref _room) < 0)
            {
                Leave();
                return false;
            }

            return true;
        }

        public void Leave() => Interlocked.Decrement(ref _inside);

        public void WaitForHelpers()
        {
            // Refuse new helpers, then wait for those inside.
            int spins = 0;
            while (Interlocked.CompareExchange(ref _inside, Closed, 0) != 0)
            {
                if (++spins < SpinsBeforeSleep)
                {
                    Thread.SpinWait(10);
                }
                else
                {
                    Thread.Yield();
                }
            }
        }

        public void ThrowIfFailed()
        {
            if (_failure is { } failure)
            {
                _failure = null;
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
            }
        }

        protected void Open(int count, int helpers)
        {
            _count = count;
            _next = 0;
            _room = helpers;
            _failure = null;
            // A turned-away helper may have left the counter off by a little; the exchange sets it right.
            Interlocked.Exchange(ref _inside, 0);
        }

        /// <summary>Lets go of what the body refers to.</summary>
        public abstract void Forget();

        protected abstract void Do(int index);
    }

    private sealed class Job<TBody> : Job where TBody : struct, IParallelBody
    {
        private TBody _body;

        public static Job<TBody> Instance { get; } = new();

        public void Start(TBody body, int count, int helpers)
        {
            _body = body;
            Open(count, helpers);
        }

        public override void Forget() => _body = default;

        protected override void Do(int index) => _body.Invoke(index);
    }
}
