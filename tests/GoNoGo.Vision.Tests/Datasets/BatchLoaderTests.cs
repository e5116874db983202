using GoNoGo.Tensors;
using GoNoGo.Testing;
using GoNoGo.Testing.SyntheticData;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Datasets.Loading;
using GoNoGo.Vision.Imaging;
using Xunit;

namespace GoNoGo.Vision.Tests.Datasets;

[Collection(VectorWidthCollection.Name)]
public class BatchLoaderTests
{
    private static readonly Shape Picture = new(1, 2, 3);

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(4, 2, 1)]
    [InlineData(7, 3, 3)]
    [InlineData(100, 2, 2)]
    public void Keeps_the_order_for_any_threads_and_batch_size(int batchSize, int threads, int prefetch)
    {
        var items = Items(37);
        int[] order = [.. Enumerable.Range(0, 37).Select(index => index * 11 % 37), 5, 5, 0];
        using var loader = Loader(items, new() { Threads = threads, PrefetchBatches = prefetch });
        for (int epoch = 0; epoch < 3; epoch++)
        {
            using BatchRun run = loader.Begin(order, batchSize);
            Assert.Equal(order, Drain(run, batchSize));
            Assert.Equal((order.Length + batchSize - 1) / batchSize, run.BatchCount);
        }
    }

    [Fact]
    public void Decodes_once_where_the_set_fits_the_cache_and_every_time_where_it_does_not()
    {
        var items = Items(10);
        int[] order = [.. Enumerable.Range(0, 10)];
        using (var loader = Loader(items, new() { CacheBytes = 10 * 6 * 4 }))
        {
            Drain(loader.Begin(order, 4), 4);
            Drain(loader.Begin(order, 4), 4);
            Assert.True(loader.IsCaching);
            Assert.Equal(10, loader.CachedCount);
        }

        Assert.All(items, item => Assert.Equal(1, item.Loads));
        using (var loader = Loader(items, new() { CacheBytes = (10 * 6 * 4) - 1 }))
        {
            Drain(loader.Begin(order, 4), 4);
            Drain(loader.Begin(order, 4), 4);
            Assert.False(loader.IsCaching);
        }

        Assert.All(items, item => Assert.Equal(3, item.Loads));
    }

    [Fact]
    public void Prepares_as_the_preprocessing_does()
    {
        IReadOnlyList<DatasetItem> items = DummyDatasets.Open("mvtec-ad").Load("bottle").Train;
        Preprocessing preprocessing = new Preprocessing { Width = 8, Height = 9 }.WithImageNet();
        using var loader = new BatchLoader(items, preprocessing);
        using BatchRun run = loader.Begin(new[] { 3, 1 }, 2);
        Assert.True(run.TryNext(out Batch batch));
        Assert.Equal(new Shape(2, 3, 9, 8), batch.Images.Shape);
        var expected = new float[preprocessing.ValueCount];
        preprocessing.Run(items[1].LoadImage(), expected);
        Assert.Equal(expected, batch.Images[1].ToArray());
        Assert.NotEqual(expected, batch.Images[0].ToArray());
    }

    [Fact]
    public void Reads_no_further_ahead_than_the_ring()
    {
        var items = Items(100);
        using var loader = Loader(items, new() { Threads = 2, PrefetchBatches = 2 });
        using BatchRun run = loader.Begin(Enumerable.Range(0, 100).ToArray(), 5);
        Assert.True(run.TryNext(out _));
        Thread.Sleep(100);
        Assert.InRange(items.Sum(item => item.Loads), 5, 15);
    }

    [Fact]
    public void A_batch_is_not_overwritten_while_in_use()
    {
        using var loader = Loader(Items(60), new() { Threads = 2, PrefetchBatches = 1 });
        using BatchRun run = loader.Begin(Enumerable.Range(0, 60).ToArray(), 4);
        int first = 0;
        while (run.TryNext(out Batch batch))
        {
            Thread.Sleep(2);
            for (int place = 0; place < batch.Count; place++)
            {
                Assert.All(batch.Images[place].ToArray(), value => Assert.Equal(first + place, value));
            }

            first += batch.Count;
        }

        Assert.Equal(60, first);
    }

    [Fact]
    public void Throws_the_first_failure_of_the_batch_that_holds_it_and_names_the_file()
    {
        for (int repeat = 0; repeat < 5; repeat++)
        {
            var items = Items(20);
            items[9].Failure = new ImageFormatException("item 9: cut off.");
            items[10].Failure = new InvalidOperationException("Out of ideas.");
            using var loader = Loader(items, new() { Threads = 3 });
            using BatchRun run = loader.Begin(Enumerable.Range(0, 20).ToArray(), 4);
            Assert.True(run.TryNext(out _));
            Assert.True(run.TryNext(out _));
            Assert.StartsWith("item 9: cut", Assert.Throws<ImageFormatException>(() => run.TryNext(out _)).Message, StringComparison.Ordinal);
            items[9].Failure = null;
            using BatchRun again = loader.Begin(Enumerable.Range(8, 4).ToArray(), 4);
            DatasetException exception = Assert.Throws<DatasetException>(() => again.TryNext(out _));
            Assert.Contains("item 10", exception.Message, StringComparison.Ordinal);
            Assert.Contains("Out of ideas", exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Reports_failures_where_asked_to_and_goes_on()
    {
        var items = Items(6);
        items[4].Failure = new ImageFormatException("four");
        using var loader = Loader(items, new() { OnUnreadable = UnreadablePictures.Report });
        using BatchRun run = loader.Begin(new[] { 0, 1, 2, 3, 4, 5 }, 3);
        Assert.True(run.TryNext(out Batch batch));
        Assert.All(batch.Failures.Take(batch.Count), failure => Assert.Null(failure));
        Assert.True(run.TryNext(out batch));
        Assert.Equal([null, "item 4: four", null], batch.Failures.Take(batch.Count).Select(failure => failure?.Message));
        Assert.All(batch.Images[1].ToArray(), value => Assert.Equal(0f, value));
        Assert.All(batch.Images[2].ToArray(), value => Assert.Equal(5f, value));
        Assert.False(run.TryNext(out _));
    }

    [Fact]
    public void Cancellation_ends_the_wait()
    {
        var items = Items(4);
        using var open = new ManualResetEventSlim();
        items[2].Gate = open;
        using var source = new CancellationTokenSource();
        using var loader = Loader(items, new() { Threads = 1 });
        using BatchRun run = loader.Begin(new[] { 0, 1, 2, 3 }, 2, source.Token);
        Assert.True(run.TryNext(out _));
        source.CancelAfter(20);
        Assert.ThrowsAny<OperationCanceledException>(() => run.TryNext(out _));
        open.Set();
    }

    [Fact]
    public void Disposing_in_the_middle_stops_reading_and_a_new_run_ends_the_old_one()
    {
        var items = Items(1000);
        var loader = Loader(items, new() { Threads = 2, CacheBytes = 0 });
        BatchRun old = loader.Begin(Enumerable.Range(0, 1000).ToArray(), 8);
        Assert.True(old.TryNext(out _));
        using BatchRun run = loader.Begin(new[] { 7, 8 }, 2);
        Assert.Throws<ObjectDisposedException>(() => old.TryNext(out _));
        Assert.True(run.TryNext(out Batch batch));
        Tensor images = batch.Images;
        Assert.Equal(7f, images.Span[0]);
        loader.Dispose();
        int loads = items.Sum(item => item.Loads);
        Thread.Sleep(30);
        Assert.Equal(loads, items.Sum(item => item.Loads));
        Assert.InRange(loads, 2, 100);
        Assert.Throws<ObjectDisposedException>(() => images.Span[0]);
        Assert.Throws<ObjectDisposedException>(() => loader.Begin(new[] { 1 }, 1));
        loader.Dispose();
    }

    [Fact]
    public void Refuses_wrong_arguments_and_accepts_an_empty_order()
    {
        using var loader = Loader(Items(3), new());
        Assert.Throws<ArgumentException>(() => loader.Begin(new[] { 3 }, 1));
        Assert.Throws<ArgumentException>(() => loader.Begin(new[] { -1 }, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => loader.Begin(new[] { 0 }, 0));
        Assert.Throws<ArgumentException>(() => new BatchLoader([], new Shape(2, 2), (_, _) => { }));
        using BatchRun run = loader.Begin(Array.Empty<int>(), 4);
        Assert.False(run.TryNext(out _));
    }

    [Fact]
    public void All_threads_decode_while_the_loop_waits_and_half_of_them_while_it_computes()
    {
        var items = Items(60);
        using var first = new ManualResetEventSlim();
        using var second = new ManualResetEventSlim();
        for (int index = 0; index < items.Length; index++)
        {
            items[index].Gate = index < 4 ? first : second;
        }

        int Inside() => items.Sum(item => item.Inside);
        try
        {
            using IDisposable threads = ProcessSettings.Threads(4);
            using var loader = Loader(items, new() { PrefetchBatches = 3 });
            using BatchRun run = loader.Begin(Enumerable.Range(0, 60).ToArray(), 4);
            // Nobody waits yet.
            Assert.True(SpinWait.SpinUntil(() => Inside() == 2, 5000));
            Thread.Sleep(30);
            Assert.Equal(2, Inside());
            bool got = false;
            var waiting = new Thread(() => got = run.TryNext(out _));
            waiting.Start();
            Assert.True(SpinWait.SpinUntil(() => Inside() == 4, 5000));
            first.Set();
            Assert.True(waiting.Join(5000) && got);
            second.Set();
            // The ring fills up, and no more.
            Assert.True(SpinWait.SpinUntil(() => items.Count(item => item.Loads > 0) == 16 && Inside() == 0, 5000));
            while (run.TryNext(out _))
            {
            }

            Assert.All(items, item => Assert.Equal(1, item.Loads));
        }
        finally
        {
            first.Set();
            second.Set();
        }
    }

    [Fact]
    public void Allocates_next_to_nothing_a_batch_when_cached()
    {
        using var loader = Loader(Items(64), new() { Threads = 1 });
        int[] order = [.. Enumerable.Range(0, 64)];
        Drain(loader.Begin(order, 8), 8);
        using BatchRun run = loader.Begin(order, 8);
        run.TryNext(out _);
        long before = GC.GetAllocatedBytesForCurrentThread();
        while (run.TryNext(out _))
        {
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1024);
    }

    private static List<int> Drain(BatchRun run, int batchSize)
    {
        var seen = new List<int>();
        while (run.TryNext(out Batch batch))
        {
            Assert.InRange(batch.Count, 1, batchSize);
            Assert.Equal(new Shape(batch.Count, 1, 2, 3), batch.Images.Shape);
            for (int place = 0; place < batch.Count; place++)
            {
                float[] values = batch.Images[place].ToArray();
                Assert.All(values, value => Assert.Equal(values[0], value));
                Assert.Equal(batch.Indices.Span[place], (int)values[0]);
                seen.Add((int)values[0]);
            }
        }

        return seen;
    }

    private static BatchLoader Loader(FakeItem[] items, BatchLoaderOptions options) =>
        new(items, Picture, (image, place) => place.Span.Fill(image.Samples8![0]), options);

    private static FakeItem[] Items(int count) => [.. Enumerable.Range(0, count).Select(index => new FakeItem(index))];

    private sealed class FakeItem(int number) : DatasetItem
    {
        private int _loads;
        private int _inside;

        public int Loads => Volatile.Read(ref _loads);

        public int Inside => Volatile.Read(ref _inside);

        public Exception? Failure { get; set; }

        public ManualResetEventSlim? Gate { get; set; }

        public override string RelativePath => $"item {number}";

        public override bool IsDefective => false;

        public override string DefectKind => GoodKind;

        public override bool HasMask => false;

        public override PictureFormat Identify() => new(1, 1, 1, 8);

        public override Image LoadImage()
        {
            Interlocked.Increment(ref _loads);
            Interlocked.Increment(ref _inside);
            Gate?.Wait();
            Interlocked.Decrement(ref _inside);
            return Failure is null ? new Image(1, 1, 1, [(byte)number]) : throw Failure;
        }

        public override Image? LoadMask() => null;
    }
}
