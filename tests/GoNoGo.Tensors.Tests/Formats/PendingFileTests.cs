using GoNoGo.Tensors.Formats;

namespace GoNoGo.Tensors.Tests.Formats;

/// <summary>Two files that come into being together or not at all.</summary>
public sealed class PendingFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gonogo-").FullName;

    private string Path1 => Path.Combine(_folder, "model");

    private string Path2 => Path.Combine(_folder, "model.data");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Both_come_over_old_ones(bool isOld)
    {
        if (isOld)
        {
            File.WriteAllText(Path1, "old");
            File.WriteAllText(Path2, "old data");
        }

        using PendingFile file = Written(Path1, "new");
        using PendingFile data = Written(Path2, "new data");
        PendingFile.KeepBoth(file, data);
        Assert.Equal("new", File.ReadAllText(Path1));
        Assert.Equal("new data", File.ReadAllText(Path2));
        Assert.Equal(2, Directory.GetFiles(_folder).Length);
    }

    [Fact]
    public void Where_the_second_is_refused_the_old_pair_is_back()
    {
        File.WriteAllText(Path1, "old");
        File.WriteAllText(Path2, "old data");
        using (PendingFile file = Written(Path1, "new"))
        using (PendingFile data = Written(Path2, "new data"))
        {
            // What was written is gone: the last step fails.
            File.Delete(file.TemporaryPath);
            Assert.Contains(Path1, Assert.Throws<FileWriteException>(() => PendingFile.KeepBoth(file, data)).Message, StringComparison.Ordinal);
        }

        Assert.Equal("old", File.ReadAllText(Path1));
        Assert.Equal("old data", File.ReadAllText(Path2));
        Assert.Equal(2, Directory.GetFiles(_folder).Length);
    }

    [Fact]
    public void Where_the_second_is_refused_and_nothing_was_there_nothing_is_left()
    {
        using (PendingFile file = Written(Path1, "new"))
        using (PendingFile data = Written(Path2, "new data"))
        {
            Directory.CreateDirectory(Path1);
            Assert.Throws<FileWriteException>(() => PendingFile.KeepBoth(file, data));
        }

        Assert.Empty(Directory.GetFiles(_folder));
    }

    private static PendingFile Written(string path, string text)
    {
        PendingFile file = PendingFile.Create(path);
        file.Stream.Write(System.Text.Encoding.UTF8.GetBytes(text));
        file.Complete();
        return file;
    }
}
