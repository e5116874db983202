using GoNoGo.Testing.SyntheticData;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Datasets.Listing;
using Xunit;

namespace GoNoGo.Vision.Tests.Datasets;

/// <summary>Listing many files, and folders that are not as they should be.</summary>
public sealed class FolderWalkTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Twenty_thousand_names_are_listed_in_order_without_opening_a_file()
    {
        string[] folders = ["good", "good-2/a", "good/a", "good/b"];
        var expected = new List<string>();
        foreach (string sub in folders)
        {
            string path = _folder.Folder(sub);
            for (int index = 0; index < 5000; index++)
            {
                // Empty files: whoever opened one would find no picture.
                File.Create(Path.Combine(path, $"{index}.png")).Dispose();
                expected.Add($"{sub}/{index}.png");
            }
        }

        _folder.Folder("bad");
        Dataset dataset = Dataset.Open(_folder.Root);
        Category category = dataset.Load();
        string[] listed = [.. category.Train.Concat(category.Test).Select(item => item.RelativePath).Order(StringComparer.Ordinal)];
        Assert.Equal(expected.Where(path => path.StartsWith("good/", StringComparison.Ordinal)).Order(StringComparer.Ordinal), listed);
        AssertOrdered(category.Train);
        AssertOrdered(category.Test);
        Assert.Equal(3000, category.Test.Count);
    }

    [Fact]
    public void A_listed_file_costs_little_more_than_its_name()
    {
        string good = _folder.Folder("good");
        const int Count = 10_000;
        for (int index = 0; index < Count; index++)
        {
            File.Create(Path.Combine(good, $"part-{index:D7}.png")).Dispose();
        }

        _folder.File("test/good/1.png", TestPictures.Png());
        Dataset dataset = Dataset.Open(_folder.Root);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Category category = dataset.Load();
        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        // What stays: a name of 16 letters is a string of 56 bytes, the item 48, its place 8. The rest are lists that grew. Every
        // full path would be more than 150 bytes.
        Assert.True(bytes < 230 * Count, $"{bytes / Count} bytes a picture");
        Assert.Equal(Count, category.Train.Count);
    }

    [Fact]
    public void Order_is_that_of_whole_paths()
    {
        string[] names = ["a.png", "a/b.png", "a-b/c.png", "a b/c.png", "a/b/c.png", "a/b-c.png", "ab.png", "aa/z.png", "a/ä.png", "a/\U0001F600.png", "z.png"];
        foreach (string name in names)
        {
            _folder.File("good/" + name, TestPictures.Png());
        }

        FileListing listing = PictureFiles.List(_folder.Root, _folder.Root);
        Assert.Equal(names.Select(name => "good/" + name).Order(StringComparer.Ordinal), listing.Files.Select(file => file.RelativePath));
        Assert.Equal(listing.Files[0].FullPath, Path.GetFullPath(_folder["good/a b/c.png"]));
    }

    [Fact]
    public void Links_are_followed_but_loops_are_not()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "links need rights on Windows");
        using var other = new TemporaryFolder();
        other.File("x.png", TestPictures.Png());
        _folder.File("good/a.png", TestPictures.Png());
        _folder.File("good/sub/b.png", TestPictures.Png());
        _folder.File("other/c.png", TestPictures.Png());
        Directory.CreateSymbolicLink(_folder["good/linked"], other.Root);
        Directory.CreateSymbolicLink(_folder["good/self"], _folder["good"]);
        Directory.CreateSymbolicLink(_folder["good/sub/up"], "..");
        Directory.CreateSymbolicLink(_folder["good/root"], "/");
        Directory.CreateSymbolicLink(_folder["good/sub/across"], _folder["other"]);
        Directory.CreateSymbolicLink(_folder["other/back"], _folder["good/sub"]);
        File.CreateSymbolicLink(_folder["good/endless"], _folder["good/endless"]);
        File.CreateSymbolicLink(_folder["good/d.png"], _folder["good/a.png"]);
        FileListing listing = PictureFiles.List(_folder.Root, _folder["good"]);
        Assert.Equal(
            ["good/a.png", "good/d.png", "good/linked/x.png", "good/sub/across/c.png", "good/sub/b.png"],
            listing.Files.Select(file => file.RelativePath));
        Assert.Equal(1, listing.IgnoredCount);
    }

    [Fact]
    public void A_folder_that_vanishes_is_named()
    {
        DatasetException vanished = Assert.Throws<DatasetException>(() => PictureFiles.Try(
            "parts", () => { FolderWalk.Files(_folder["gone"], 0, (_, _) => { }); return 0; }));
        Assert.Contains("gone", vanished.Message, StringComparison.Ordinal);
        Assert.Contains("vanished while it was read", vanished.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_may_not_be_read_is_named()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "nobody is refused here");
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        _folder.File("good/a.png", TestPictures.Png());
        string closed = _folder.Folder("good/closed");
        File.SetUnixFileMode(closed, UnixFileMode.None);
        try
        {
            DatasetException refused = Assert.Throws<DatasetException>(() => Dataset.Open(_folder.Root).Load());
            Assert.Contains("closed", refused.Message, StringComparison.Ordinal);
            Assert.Contains("check the permissions", refused.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.SetUnixFileMode(closed, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public void A_name_that_is_no_text_is_said_to_be_one()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only here can a name be any bytes");
        string good = _folder.Folder("good");
        var start = new System.Diagnostics.ProcessStartInfo("/bin/sh", ["-c", "printf x > \"$(printf 'a\\377b.png')\""]) { WorkingDirectory = good };
        using (System.Diagnostics.Process process = System.Diagnostics.Process.Start(start)!)
        {
            process.WaitForExit();
        }

        _folder.File("good/\n odd 'name' \u202E.png", TestPictures.Png());
        Category category = Dataset.Open(_folder.Root).Load();
        Assert.Equal(2, category.Train.Count);
        Assert.Equal(12, category.Train[0].Identify().Width);
        DatasetException exception = Assert.Throws<DatasetException>(() => category.Train[1].Identify());
        Assert.Contains("valid UTF-8", exception.Message, StringComparison.Ordinal);
        Assert.Throws<DatasetException>(() => category.Train[1].LoadImage());
    }

    private static void AssertOrdered(IReadOnlyList<DatasetItem> items) =>
        Assert.Equal(items.Select(item => item.RelativePath).Order(StringComparer.Ordinal), items.Select(item => item.RelativePath));
}
