using GoNoGo.Tensors.Formats;
using GoNoGo.Tensors.Formats.Safetensors;

namespace GoNoGo.Tensors.Tests.Formats;

public sealed class AtomicFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gonogo-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Replaces_a_file()
    {
        string path = Path.Combine(_folder, "new", "a.txt");
        AtomicFile.WriteAllText(path, "one");
        AtomicFile.WriteAllText(path, "two");
        Assert.Equal("two", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(300)]
    [InlineData(100_000)]
    public void A_full_disk_leaves_the_old_file(int room)
    {
        string path = Path.Combine(_folder, "a.safetensors");
        SafetensorsWriter writer = new SafetensorsWriter().Add("x", new float[100_000], 100_000);
        File.WriteAllText(path, "old");
        FileWriteException exception = Assert.Throws<FileWriteException>(() =>
            AtomicFile.Write(path, stream => writer.Write(new FailingStream(stream, room))));
        Assert.Contains(path, exception.Message, StringComparison.Ordinal);
        Assert.Contains("No space left", exception.Message, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_path_below_a_regular_file_is_refused()
    {
        string file = Path.Combine(_folder, "a.txt");
        File.WriteAllText(file, "old");
        Assert.Throws<FileWriteException>(() => AtomicFile.WriteAllText(Path.Combine(file, "b", "c.txt"), "new"));
        Assert.Throws<FileWriteException>(() => AtomicFile.WriteAllText(_folder, "new"));
        Assert.Equal("old", File.ReadAllText(file));
        Assert.Single(Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_failure_of_the_caller_passes_through()
    {
        string path = Path.Combine(_folder, "a.txt");
        Assert.Throws<OperationCanceledException>(() => AtomicFile.Write(path, _ => throw new OperationCanceledException()));
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void What_killed_writers_left_is_removed_after_an_hour()
    {
        string path = Path.Combine(_folder, "a*.txt");
        string stale = Left("a*.txt", hours: 2);
        string young = Left("a*.txt", hours: 0.9);
        string other = Left("ab.txt", hours: 2);
        string longer = Left("a*.txt.b", hours: 2);
        string foreign = Path.Combine(_folder, ".a*.txt.mine.tmp");
        File.WriteAllText(foreign, "x");
        File.SetLastWriteTimeUtc(foreign, DateTime.UtcNow.AddHours(-2));
        string held = Left("a*.txt", hours: 2);
        using (new FileStream(held, FileMode.Open, FileAccess.Write, FileShare.None))
        {
            AtomicFile.RemoveStale(path);
        }

        Assert.Equal(new[] { young, other, longer, foreign, held }.Order(StringComparer.Ordinal), Directory.GetFiles(_folder).Order(StringComparer.Ordinal));
        Assert.False(File.Exists(stale));
        AtomicFile.RemoveStale(path);
        Assert.False(File.Exists(held));
        AtomicFile.RemoveStale(Path.Combine(_folder, "missing", "a.txt"));
    }

    private string Left(string name, double hours)
    {
        string file = Path.Combine(_folder, $".{name}.{Guid.NewGuid():N}.tmp");
        File.WriteAllText(file, "half a model");
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddHours(-hours));
        return file;
    }

    /// <summary>A disk that is full after some bytes.</summary>
    private sealed class FailingStream(Stream inner, int room) : Stream
    {
        private int _room = room;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => inner.Length;

        public override long Position { get => inner.Position; set => throw new NotSupportedException(); }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            int taken = Math.Min(buffer.Length, _room);
            inner.Write(buffer[..taken]);
            _room -= taken;
            if (taken < buffer.Length)
            {
                throw new IOException("No space left on device");
            }
        }
    }
}
