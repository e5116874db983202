using GoNoGo.Testing.SyntheticData;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Imaging;
using Xunit;

namespace GoNoGo.Vision.Tests.Datasets;

/// <summary>What every layout of the catalog promises.</summary>
public class DatasetContractTests
{
    public static TheoryData<string> Layouts => [.. DatasetCatalog.Layouts.Select(layout => layout.Id)];

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Recognises_its_own_layout(string id)
    {
        Assert.Equal(id, Dataset.Open(DummyDatasets.Root(id)).LayoutId);
        Assert.Equal(id, Dataset.Open(DummyDatasets.Root(id) + "/", id).LayoutId);
        Assert.Equal(Path.GetFullPath(DummyDatasets.Root(id)), DummyDatasets.Open(id).Root);
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Lists_ordered_unique_pictures_that_decode(string id)
    {
        Dataset dataset = DummyDatasets.Open(id);
        Assert.NotEmpty(dataset.Categories);
        Assert.Equal(dataset.Categories.Order(StringComparer.Ordinal), dataset.Categories);
        foreach (string name in dataset.Categories)
        {
            Category category = dataset.Load(name);
            Assert.Equal(name, category.Name);
            Assert.NotEmpty(category.Train);
            Assert.All(category.Train, item => Assert.False(item.IsDefective));
            Assert.Contains(category.Test, item => item.IsDefective);
            Assert.Contains(category.Test, item => !item.IsDefective);
            AssertOrdered(category.Train);
            AssertOrdered(category.Test);
            Assert.Empty(category.Train.Select(item => item.RelativePath).Intersect(category.Test.Select(item => item.RelativePath)));
            foreach (DatasetItem item in category.Train.Concat(category.Test))
            {
                AssertSound(item);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Asks_for_a_category_only_where_there_are_several(string id)
    {
        Dataset dataset = DummyDatasets.Open(id);
        if (dataset.Categories.Count == 1)
        {
            Assert.Equal(dataset.Categories[0], dataset.Load().Name);
            return;
        }

        DatasetException exception = Assert.Throws<DatasetException>(() => dataset.Load());
        Assert.Equal(DatasetError.CategoryRequired, exception.Error);
        Assert.All(dataset.Categories, name => Assert.Contains(name, exception.Message, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Lists_the_same_pictures_every_time(string id)
    {
        string name = DummyDatasets.Open(id).Categories[^1];
        Assert.Equal(Paths(DummyDatasets.Open(id).Load(name)), Paths(DummyDatasets.Open(id).Load(name)));
    }

    private static IEnumerable<string> Paths(Category category) => category.Train.Concat(category.Test).Select(item => item.RelativePath);

    private static void AssertOrdered(IReadOnlyList<DatasetItem> items)
    {
        string[] paths = [.. items.Select(item => item.RelativePath)];
        Assert.Equal(paths.Distinct().Order(StringComparer.Ordinal), paths);
        Assert.DoesNotContain(paths, path => path.Contains('\\', StringComparison.Ordinal) || Path.IsPathRooted(path));
    }

    private static void AssertSound(DatasetItem item)
    {
        PictureFormat format = item.Identify();
        using Image image = item.LoadImage();
        Assert.Equal(new PictureFormat(image.Width, image.Height, image.Channels, image.BitDepth), format);
        Assert.Equal(item.IsDefective, item.DefectKind != DatasetItem.GoodKind);
        using Image? mask = item.LoadMask();
        Assert.Equal(item.HasMask, mask is not null);
        if (mask is not null)
        {
            Assert.True(item.IsDefective);
            Assert.Equal((image.Width, image.Height, 1, 8), (mask.Width, mask.Height, mask.Channels, mask.BitDepth));
            Assert.All(mask.Samples8!, value => Assert.True(value is 0 or 255));
        }
    }
}
