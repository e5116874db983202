using GoNoGo.Tensors.Parallel;
using GoNoGo.Testing;
using Xunit;

namespace GoNoGo.Tensors.Tests.Parallel;

[Collection("vector width")]
public sealed class WorkersTests : IDisposable
{
    private readonly int _threads = Workers.ThreadCount;

    public void Dispose() => Workers.ThreadCount = _threads;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void Every_item_is_done_once(int threads)
    {
        Workers.ThreadCount = threads;
        foreach (int count in new[] { 0, 1, 2, 3, 7, 64, 1000 })
        {
            var done = new int[count];
            Workers.For(count, new Count(done));
            Assert.All(done, times => Assert.Equal(1, times));
        }
    }

    [Fact]
    public void Many_callers_many_short_loops_and_changing_thread_counts()
    {
        const int Callers = 6;
        const int Loops = 3000;
        var failures = new List<string>();
        var callers = new Thread[Callers];
        for (int caller = 0; caller < Callers; caller++)
        {
            int id = caller;
            callers[caller] = new Thread(() =>
            {
                for (int loop = 0; loop < Loops; loop++)
                {
                    int count = ((loop * 7) + id) % 19;
                    var done = new int[count];
                    // Two body types, so that jobs of different types follow each other.
                    if ((loop & 1) == 0)
                    {
                        Workers.For(count, new Count(done));
                    }
                    else
                    {
                        Workers.For(count, new Nested(done));
                    }

                    if (done.Any(times => times != 1))
                    {
                        lock (failures)
                        {
                            failures.Add($"caller {id}, loop {loop}: {string.Join(' ', done)}");
                        }
                    }

                    if (id == 0 && loop % 50 == 0)
                    {
                        Workers.ThreadCount = 1 + (loop / 50 % 4);
                    }

                    if (loop % 500 == 499)
                    {
                        // Long enough for the helpers to fall asleep.
                        Thread.Sleep(5);
                    }
                }
            });
        }

        Array.ForEach(callers, thread => thread.Start());
        Assert.All(callers, thread => Assert.True(thread.Join(TimeSpan.FromSeconds(120)), "a loop hangs"));
        Assert.Empty(failures);
    }

    [Fact]
    public void Helpers_take_part_also_after_they_slept()
    {
        Workers.ThreadCount = 2;
        for (int round = 0; round < 5; round++)
        {
            Thread.Sleep(30);
            var meeting = new Meeting(new CountdownEvent(2), []);
            Workers.For(2, meeting);
            Assert.Equal(2, meeting.Threads.Distinct().Count());
        }
    }

    [Fact]
    public void The_first_exception_reaches_the_caller_and_the_next_loop_works()
    {
        Workers.ThreadCount = 3;
        for (int round = 0; round < 200; round++)
        {
            Assert.Equal("item 5", Assert.Throws<InvalidOperationException>(() => Workers.For(20, new Failing())).Message);
            var done = new int[20];
            Workers.For(20, new Count(done));
            Assert.All(done, times => Assert.Equal(1, times));
        }
    }

    [Fact]
    public void A_serial_region_keeps_the_loop_on_its_thread()
    {
        Workers.ThreadCount = 3;
        var threads = new int[50];
        using (Workers.RunSerially())
        {
            Workers.For(50, new Who(threads));
        }

        Assert.All(threads, id => Assert.Equal(Environment.CurrentManagedThreadId, id));
    }

    [Fact]
    public void A_loop_allocates_nothing_once_warm()
    {
        Workers.ThreadCount = 2;
        var done = new int[8];
        Assert.Equal(0, SteadyAllocation.Of(warmUp: 100, calls: 100, () => Workers.For(8, new Count(done))));
    }

    [Fact]
    public void At_least_one_thread() => Assert.Throws<ArgumentOutOfRangeException>(() => Workers.ThreadCount = 0);

    private readonly struct Count(int[] done) : IParallelBody
    {
        public void Invoke(int index) => Interlocked.Increment(ref done[index]);
    }

    private readonly struct Nested(int[] done) : IParallelBody
    {
        public void Invoke(int index)
        {
            var inner = new int[3];
            Workers.For(3, new Count(inner));
            Interlocked.Add(ref done[index], inner.Sum() / 3);
        }
    }

    private readonly struct Who(int[] threads) : IParallelBody
    {
        public void Invoke(int index) => threads[index] = Environment.CurrentManagedThreadId;
    }

    private readonly struct Failing : IParallelBody
    {
        public void Invoke(int index)
        {
            if (index == 5)
            {
                throw new InvalidOperationException("item 5");
            }
        }
    }

    /// <summary>Two items that wait for each other: finishes only if two threads take one each.</summary>
    private readonly struct Meeting(CountdownEvent arrived, List<int> threads) : IParallelBody
    {
        public List<int> Threads => threads;

        public void Invoke(int index)
        {
            lock (threads)
            {
                threads.Add(Environment.CurrentManagedThreadId);
            }

            arrived.Signal();
            Assert.True(arrived.Wait(TimeSpan.FromSeconds(60)), "no second thread came");
        }
    }
}
