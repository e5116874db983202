using GoNoGo.Inspecting;
using GoNoGo.Testing.SyntheticData;

namespace GoNoGo.Tests.Inspecting;

public sealed class PictureListTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Natural_order_counts_and_keeps_folders_together()
    {
        string[] expected = ["a/1.png", "a/2.png", "a/02x.png", "a/10.png", "a b/1.png", "B/1.png", "c9.png", "c10.png", "c010.png", "c99999999999999999999.png", "c100000000000000000000.png"];
        string[] sorted = [.. expected.Reverse().Order(NaturalOrder.Instance)];
        Assert.Equal(["a/1.png", "a/2.png", "a/02x.png", "a/10.png", "a b/1.png", "B/1.png", "c9.png", "c010.png", "c10.png", "c99999999999999999999.png", "c100000000000000000000.png"], sorted);
    }

    [Fact]
    public void Natural_order_is_an_order()
    {
        string[] names = ["", "a", "A", "a1", "a01", "a001", "1", "01", "10", "a/b", "a-b", "a10b2", "a10b10", "a2b3"];
        foreach (string x in names)
        {
            Assert.Equal(0, NaturalOrder.Instance.Compare(x, x));
            foreach (string y in names)
            {
                Assert.Equal(Math.Sign(NaturalOrder.Instance.Compare(x, y)), -Math.Sign(NaturalOrder.Instance.Compare(y, x)));
                Assert.Equal(x == y, NaturalOrder.Instance.Compare(x, y) == 0);
                foreach (string z in names)
                {
                    if (NaturalOrder.Instance.Compare(x, y) < 0 && NaturalOrder.Instance.Compare(y, z) < 0)
                    {
                        Assert.True(NaturalOrder.Instance.Compare(x, z) < 0, $"{x} < {y} < {z}");
                    }
                }
            }
        }
    }

    [Fact]
    public void A_picture_named_twice_counts_once_and_hidden_files_do_not()
    {
        _folder.File("a.png", TestPictures.Png());
        _folder.File(".hidden.png", TestPictures.Png());
        _folder.File("x.txt", "x"u8);
        PictureList list = PictureList.Expand([_folder["a.png"], _folder.Root, _folder["*"]]);
        Assert.Equal([_folder["a.png"]], list.Files);
        Assert.Equal(1, list.IgnoredCount);
    }

    [Fact]
    public void Folders_are_entered_however_deep_and_links_that_lead_back_are_not()
    {
        string deep = string.Join('/', Enumerable.Range(0, 40).Select(level => $"d{level}"));
        string picture = _folder.File($"{deep}/a.png", TestPictures.Png());
        Assert.Equal([picture], PictureList.Expand([_folder.Root]).Files);
        Assert.Equal([picture], PictureList.Expand([_folder["**/a.png"]]).Files);
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a privilege there");
        Directory.CreateSymbolicLink(_folder[$"{deep}/back"], _folder["d0"]);
        Directory.CreateSymbolicLink(_folder["d0/self"], ".");
        Assert.Equal([picture], PictureList.Expand([_folder.Root]).Files);
        Assert.Equal([picture], PictureList.Expand([_folder["**/a.png"]]).Files);
    }

    [Fact]
    public void A_file_of_its_own_name_is_known_by_its_content()
    {
        PictureList list = PictureList.Expand([_folder.File("frame0001", TestPictures.Png()), _folder.File("notes", "text"u8)]);
        Assert.Equal([_folder["frame0001"]], list.Files);
        Assert.Equal(1, list.IgnoredCount);
    }

    [Fact]
    public void Nothing_at_all_is_an_error()
    {
        _folder.File("x.txt", "x"u8);
        Assert.Contains("no picture", Assert.Throws<FileNotFoundException>(() => PictureList.Expand([_folder.Root])).Message, StringComparison.Ordinal);
        Assert.Contains("'missing'", Assert.Throws<FileNotFoundException>(() => PictureList.Expand(["missing"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Twenty_thousand_names_come_in_natural_order_each_once()
    {
        foreach (string sub in (string[])["b", "b/2", "b/10", "a"])
        {
            string path = _folder.Folder(sub);
            for (int index = 0; index < 5000; index++)
            {
                File.Create(Path.Combine(path, $"part{index}.png")).Dispose();
            }
        }

        PictureList list = PictureList.Expand([_folder["b"], _folder.Root, _folder["*/*.png"], _folder["**"]]);
        Assert.Equal(20_000, list.Files.Count);
        Assert.Equal(list.Files.Order(NaturalOrder.Instance), list.Files);
        Assert.Equal(_folder["a/part0.png"], list.Files[0]);
        Assert.Equal(_folder["b/2/part0.png"], list.Files[5000]);
        Assert.Equal(_folder["b/10/part4999.png"], list.Files[14_999]);
        Assert.Equal(list.Files[7], list.Files.ElementAt(7));
    }

    [Fact]
    public void Two_parts_compare_as_the_whole()
    {
        string[] folders = ["", "/", "a/", "a/b/", "a1/", "a01/", "A/", "a-b/"];
        string[] names = ["a", "1", "01", "10.png", "b", "B"];
        foreach (string x in folders.SelectMany(folder => names.Select(name => folder + name)))
        {
            foreach (string folder in folders)
            {
                foreach (string name in names)
                {
                    int cut = x.LastIndexOf('/') + 1;
                    Assert.Equal(
                        Math.Sign(NaturalOrder.Instance.Compare(x, folder + name)),
                        Math.Sign(NaturalOrder.Compare(x[..cut], x[cut..], folder, name)));
                }
            }
        }
    }
}
