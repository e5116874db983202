using GoNoGo.Testing.SyntheticData;
using GoNoGo.Weights;

namespace GoNoGo.Tests.Weights;

/// <summary>Downloads from a real server that cuts, stalls, redirects, changes and lies.</summary>
public sealed class PullTests : IDisposable
{
    private static readonly byte[] Content = SmallWeights.Safetensors();

    private readonly TemporaryFolder _folder = new();
    private readonly WeightStore _store;

    public PullTests() => _store = new WeightStore(_folder.Folder("store"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_whole_file_is_put_into_place_byte_for_byte()
    {
        using var server = new LocalServer(request => ServerAnswer.File(request, Content));
        long last = 0;
        ImportedWeights weights = Fetch(server.Address("model.safetensors"), progress: (done, all) =>
        {
            Assert.Equal(Content.Length, all);
            Assert.True(done > last);
            last = done;
        });
        Assert.Equal(Content.Length, last);
        Assert.Equal(["layer1"], weights.Levels);
        Assert.Empty(weights.Warnings);
        AssertInPlace();
        Assert.Equal(WeightCondition.Good, Assert.Single(_store.Verify()).Condition);
    }

    [Fact]
    public void Redirects_are_followed()
    {
        LocalServer? server = null;
        using (server = new LocalServer(request => request.Path == "/old"
            ? new ServerAnswer(302, []) { Headers = [$"Location: {server!.Address("new")}"] }
            : ServerAnswer.File(request, Content)))
        {
            Fetch(server.Address("old"));
        }

        AssertInPlace();
    }

    [Fact]
    public void A_broken_download_goes_on_where_it_ended()
    {
        int answers = 0;
        using var server = new LocalServer(request => ServerAnswer.File(request, Content) with { CutAfter = ++answers < 3 ? 200_000 : int.MaxValue });
        Fetch(server.Address("x"));
        AssertInPlace();
        Assert.Equal(3, server.Requests.Count);
        Assert.Null(server.Requests[0].RangeStart);
        Assert.InRange(server.Requests[1].RangeStart!.Value, 1, 200_000);
        Assert.True(server.Requests[2].RangeStart > server.Requests[1].RangeStart);
        Assert.Equal("\"v1\"", server.Requests[2].Headers["if-range"]);
    }

    [Fact]
    public void An_interrupted_download_goes_on_the_next_time()
    {
        using (var server = new LocalServer(request => ServerAnswer.File(request, Content) with { CutAfter = 100_000 }))
        {
            string message = Assert.Throws<WeightsException>(() => Fetch(server.Address("x"), attempts: 1)).Message;
            Assert.Contains("broke off after", message, StringComparison.Ordinal);
            Assert.Contains("run the command again to go on from there", message, StringComparison.Ordinal);
            Assert.False(_store.Has(SmallWeights.Id));
        }

        // Another address is another file: it begins anew.
        using (var other = new LocalServer(request => ServerAnswer.File(request, Content) with { CutAfter = 150_000 }))
        {
            Assert.Throws<WeightsException>(() => Fetch(other.Address("x"), attempts: 1));
            Assert.Null(other.Requests[0].RangeStart);
            Assert.Throws<WeightsException>(() => Fetch(other.Address("x"), attempts: 1));
            Assert.NotNull(other.Requests[1].RangeStart);
        }
    }

    [Fact]
    public void A_file_that_changed_on_the_server_begins_anew()
    {
        int answers = 0;
        byte[] before = SmallWeights.Safetensors(0.25f);
        using var server = new LocalServer(request => ++answers == 1
            ? ServerAnswer.File(request, before, "\"old\"") with { CutAfter = 100_000 }
            : ServerAnswer.File(request, Content, "\"new\""));
        Fetch(server.Address("x"));
        Assert.NotNull(server.Requests[1].RangeStart);
        AssertInPlace();
    }

    [Fact]
    public void A_silent_server_is_left_and_asked_again()
    {
        int answers = 0;
        using var server = new LocalServer(request => ServerAnswer.File(request, Content) with { StallAfter = ++answers == 1 ? 50_000 : int.MaxValue });
        Fetch(server.Address("x"), patience: Short);
        // More than two where the machine itself paused for so long.
        Assert.InRange(server.Requests.Count, 2, 4);
        AssertInPlace();

        using var dead = new LocalServer(request => ServerAnswer.File(request, Content) with { StallAfter = 0 });
        string message = Assert.Throws<WeightsException>(() => Fetch(dead.Address("y"), attempts: 2, patience: Short)).Message;
        Assert.Contains("nothing came for", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_without_length_or_validator_is_good_enough()
    {
        using var server = new LocalServer(request => new ServerAnswer(200, Content) { TellsLength = false });
        Fetch(server.Address("x"));
        AssertInPlace();
    }

    [Fact]
    public void A_server_that_fails_for_a_while_is_asked_again()
    {
        int answers = 0;
        using var server = new LocalServer(request => ++answers == 1 ? new ServerAnswer(503, []) : ServerAnswer.File(request, Content));
        Fetch(server.Address("x"));
        AssertInPlace();
    }

    [Theory]
    [InlineData(404, "there is nothing at")]
    [InlineData(403, "the server does not give")]
    [InlineData(407, "the proxy wants a name and password")]
    public void What_is_not_there_is_said_at_once(int status, string reason)
    {
        using var server = new LocalServer(_ => new ServerAnswer(status, []));
        string message = Assert.Throws<WeightsException>(() => Fetch(server.Address("x"))).Message;
        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.Contains("gonogo weights import", message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
        AssertNothingLeft();
    }

    [Fact]
    public void A_wrong_hash_is_deleted()
    {
        byte[] wrong = SmallWeights.Safetensors(0.25f);
        using var server = new LocalServer(request => ServerAnswer.File(request, wrong));
        string message = Assert.Throws<WeightsException>(() => Fetch(server.Address("x"))).Message;
        Assert.Contains($"has the SHA-256 {SmallWeights.Hash(wrong)}, expected {SmallWeights.Hash(Content)}", message, StringComparison.Ordinal);
        Assert.Contains("was not kept", message, StringComparison.Ordinal);
        AssertNothingLeft();
    }

    [Theory]
    [InlineData(10)]
    [InlineData(-10)]
    public void A_wrong_size_is_refused(int more)
    {
        byte[] wrong = more > 0 ? [.. Content, .. new byte[more]] : Content[..^-more];
        using var server = new LocalServer(request => ServerAnswer.File(request, wrong));
        string message = Assert.Throws<WeightsException>(() => Fetch(server.Address("x"))).Message;
        Assert.Contains($"offers a file of {wrong.Length} bytes, {Content.Length} are expected", message, StringComparison.Ordinal);
        Assert.False(_store.Has(SmallWeights.Id));

        using var endless = new LocalServer(_ => new ServerAnswer(200, [.. Content, 0]) { TellsLength = false });
        Assert.Contains("sends more than", Assert.Throws<WeightsException>(() => Fetch(endless.Address("x"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_page_instead_of_the_file_is_refused_and_deleted()
    {
        using var server = new LocalServer(request => ServerAnswer.File(request, "<html>please log in</html>"u8.ToArray()));
        var request = new PullRequest(SmallWeights.Id) { From = server.Address("weights.pth").ToString() };
        Assert.Contains("looks like a web page", Assert.ThrowsAny<IOException>(() => _store.Pull(request)).Message, StringComparison.Ordinal);
        AssertNothingLeft();
    }

    [Fact]
    public void A_server_can_be_a_mirror()
    {
        using var server = new LocalServer(request => request.Path == "/mirror/resnet18.safetensors" ? ServerAnswer.File(request, Content) : new ServerAnswer(404, []));
        ImportedWeights weights = _store.Pull(new PullRequest(SmallWeights.Id) { From = server.Address("mirror").ToString() });
        Assert.Contains("no hash is known", Assert.Single(weights.Warnings), StringComparison.Ordinal);
        AssertInPlace();
        string message = Assert.Throws<WeightsException>(() => _store.Pull(new PullRequest("resnet50") { From = server.Address("mirror").ToString() })).Message;
        Assert.Contains("has none of 'resnet50.safetensors', 'resnet50.pth', 'resnet50-11ad3fa6.pth'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mirror_with_another_file_of_a_published_name_is_refused()
    {
        using var server = new LocalServer(request => ServerAnswer.File(request, new byte[102_540_417 - 1]));
        string message = Assert.Throws<WeightsException>(() => _store.Pull(new PullRequest("resnet50") { From = server.Address("resnet50-11ad3fa6.pth").ToString() })).Message;
        Assert.Contains("offers a file of 102540416 bytes, 102540417 are expected", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cancelling_keeps_the_part()
    {
        using var server = new LocalServer(request => ServerAnswer.File(request, Content) with { StallAfter = 100_000 });
        using var cancellation = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => _store.Fetch(
            WeightRegistry.Find(SmallWeights.Id), server.Address("x"), Published, Request(4, (_, _) => cancellation.Cancel()) with { Download = new DownloadOptions() }, cancellation.Token));
        Assert.NotEmpty(Directory.GetFiles(_store.Folder, "*.part"));
        Assert.False(_store.Has(SmallWeights.Id));
    }

    [Fact]
    public void Two_at_once_make_one_whole_file()
    {
        using var server = new LocalServer(request => ServerAnswer.File(request, Content));
        var request = new PullRequest(SmallWeights.Id) { From = server.Address("a.safetensors").ToString() };
        Parallel.For(0, 4, _ => new WeightStore(_store.Folder).Pull(request));
        AssertInPlace();
        Assert.Single(server.Requests);
    }

    private static PublishedFile Published => new("model.safetensors") { Bytes = Content.Length, Sha256 = SmallWeights.Hash(Content) };

    /// <summary>Patience with silent servers; with others it is long, so that a busy machine does not count as silence.</summary>
    private static TimeSpan Short => TimeSpan.FromSeconds(1);

    private static PullRequest Request(int attempts, Action<long, long>? progress, TimeSpan? patience = null) => new(SmallWeights.Id)
    {
        Progress = progress,
        Download = new DownloadOptions { Attempts = attempts, RetryDelay = TimeSpan.FromMilliseconds(10), InactivityTimeout = patience ?? TimeSpan.FromMinutes(1) },
    };

    private ImportedWeights Fetch(Uri address, int attempts = 4, Action<long, long>? progress = null, TimeSpan? patience = null) =>
        _store.Fetch(WeightRegistry.Find(SmallWeights.Id), address, Published, Request(attempts, progress, patience), CancellationToken.None);

    private void AssertInPlace()
    {
        Assert.Equal(Content, File.ReadAllBytes(_store.PathOf(SmallWeights.Id)));
        Assert.Empty(Directory.GetFiles(_store.Folder, "*.part*"));
    }

    private void AssertNothingLeft()
    {
        Assert.False(_store.Has(SmallWeights.Id));
        Assert.Empty(Directory.GetFiles(_store.Folder, "*.part"));
    }
}
