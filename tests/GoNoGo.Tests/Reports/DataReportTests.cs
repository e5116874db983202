using GoNoGo.Reports;
using GoNoGo.Tensors.Formats;
using GoNoGo.Testing.SyntheticData;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Datasets.Description;

namespace GoNoGo.Tests.Reports;

public sealed class DataReportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("mvtec-ad")]
    [InlineData("mnist")]
    [InlineData("kolektor")]
    public void A_page_holds_a_sheet_of_every_category(string id)
    {
        Dataset dataset = DummyDatasets.Open(id);
        string page = DataReport.Render(dataset, DataDescriber.Describe(dataset), default);
        Assert.All(dataset.Categories, name => Assert.Contains($"<h2><bdi>{name}</bdi></h2>", page, StringComparison.Ordinal));
        Assert.Contains("data:image/png;base64,", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotContain(Path.GetDirectoryName(dataset.Root)!, page, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_are_escaped_damage_is_told_and_the_number_of_pictures_is_bounded()
    {
        for (int index = 0; index < 60; index++)
        {
            _folder.File($"good/{index}.png", TestPictures.Png(seed: index));
        }

        _folder.File("bad/<b>&amp.png", TestPictures.Png(seed: 200));
        _folder.File("bad/damaged.png", [1, 2, 3]);
        Dataset dataset = Dataset.Open(_folder.Root);
        string path = DataReport.Write(dataset, DataDescriber.Describe(dataset), _folder["page"], overwrite: false);
        string page = File.ReadAllText(path);
        Assert.Contains("&lt;b&gt;&amp;amp.png", page, StringComparison.Ordinal);
        Assert.Contains("Cannot be used: 1 of 1", page, StringComparison.Ordinal);
        Assert.Contains("cannot be read", page, StringComparison.Ordinal);
        Assert.DoesNotContain(_folder.Root, page, StringComparison.Ordinal);
        Assert.InRange(page.Split("<img").Length - 1, 10, 60);
        Assert.Throws<FileWriteException>(() => DataReport.Write(dataset, DataDescriber.Describe(dataset), _folder["page"], overwrite: false));
    }
}
