using GoNoGo.Tensors.Formats;
using GoNoGo.Tensors.Formats.Safetensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Testing.SyntheticData;
using Xunit;

namespace GoNoGo.Tensors.Tests.Formats;

/// <summary>Tensors written item by item, and files that come into being when they are whole.</summary>
public sealed class SafetensorsRecordWriterTests
{
    [Theory]
    [InlineData(5, 5)]
    [InlineData(5, 3)]
    [InlineData(1000, 1)]
    public void ItemsLieTogetherHoweverManyCame(int most, int count)
    {
        using var folder = new TemporaryFolder();
        string path = folder["out.safetensors"];
        using (PendingFile file = PendingFile.Create(path))
        {
            var writer = new SafetensorsRecordWriter(file.Stream, [("b", new Shape(2, 3)), ("a", new Shape(70_000))], most, Files(most));
            for (int i = 0; i < count; i++)
            {
                writer.Append("b", Values(i, 6));
                writer.Append("a", Values(-i, 70_000));
            }

            writer.Finish(Files(count));
            Assert.False(File.Exists(path));
            file.Keep();
        }

        using SafetensorsReader reader = SafetensorsReader.Open(path);
        Assert.Equal([count, 2, 3], reader["b"].Dimensions.ToArray());
        Assert.Equal(Enumerable.Range(0, count).SelectMany(i => Values(i, 6)), reader.ReadFloats("b"));
        Assert.Equal(Enumerable.Range(0, count).SelectMany(i => Values(-i, 70_000)), reader.ReadFloats("a"));
        Assert.Equal(Files(count)["files"], reader.Metadata["files"]);
        using var scope = new TensorScope();
        Tensor last = scope.New(new Shape(1, 2, 3));
        reader.ReadItems("b", count - 1, last);
        Assert.Equal(Values(count - 1, 6), last.ToArray());
        Assert.Throws<TensorFileException>(() => reader.ReadItems("b", count, last));
        Assert.Throws<TensorFileException>(() => reader.ReadItems("a", 0, last));
    }

    [Fact]
    public void TooManyItemsAndUnevenTensorsAreRefused()
    {
        using var folder = new TemporaryFolder();
        using PendingFile file = PendingFile.Create(folder["out.safetensors"]);
        var writer = new SafetensorsRecordWriter(file.Stream, [("a", new Shape(2)), ("b", new Shape(2))], 1, Files(1));
        Assert.Throws<ArgumentException>(() => writer.Append("c", [1, 2]));
        Assert.Throws<ArgumentException>(() => writer.Append("a", [1, 2, 3]));
        writer.Append("a", [1, 2]);
        Assert.Throws<ArgumentException>(() => writer.Append("a", [1, 2]));
        Assert.Throws<InvalidOperationException>(() => writer.Finish(Files(1)));
    }

    [Fact]
    public void AFileThatIsNotKeptIsGone()
    {
        using var folder = new TemporaryFolder();
        folder.File("old", "old"u8);
        using (PendingFile file = PendingFile.Create(folder["old"]))
        {
            file.Stream.Write("new"u8);
            file.Complete();
            Assert.Equal("new", File.ReadAllText(file.TemporaryPath));
        }

        Assert.Equal("old", File.ReadAllText(folder["old"]));
        Assert.Single(Directory.GetFiles(folder.Root));
        Assert.Throws<FileWriteException>(() => PendingFile.Create(Path.Combine(folder["old"], "x")));
    }

    private static Dictionary<string, string> Files(int count) => new() { ["files"] = string.Join(',', Enumerable.Range(0, count)) };

    private static float[] Values(int seed, int count) => [.. Enumerable.Range(0, count).Select(i => (float)((seed * 100_000) + i))];
}
