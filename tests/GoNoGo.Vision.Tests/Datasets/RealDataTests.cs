using GoNoGo.Testing;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Datasets.Description;
using GoNoGo.Vision.Imaging;
using Xunit;

namespace GoNoGo.Vision.Tests.Datasets;

/// <summary>Real data sets, where they are at hand.</summary>
public class RealDataTests
{
    private static readonly int[] MnistTrain = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949];
    private static readonly int[] MnistTest = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009];

    [Fact]
    public void Mvtec_bottle_has_the_published_counts()
    {
        Dataset dataset = Dataset.Open(SharedFolder.RequireFolder("data/mvtec-384"));
        Assert.Equal("mvtec-ad", dataset.LayoutId);
        CategoryDescription bottle = DataDescriber.Describe(dataset).Categories.Single();
        Assert.Equal(("bottle", 209, 20, 63), (bottle.Name, bottle.TrainGood, bottle.TestGood, bottle.TestDefective));
        Assert.Equal((167, 42), (bottle.Fit, bottle.Validation));
        Assert.Equal(
            [new("broken_large", 20, 20), new("broken_small", 22, 22), new KindDescription("contamination", 21, 21)], bottle.Kinds);
        Assert.Equal([new FormatCount(384, 384, 3, 8, 292)], bottle.Formats);
        Assert.Equal((63, 0, 0, 0), (bottle.MasksPresent, bottle.MasksMissing, bottle.MasksEmpty, bottle.UnreadableCount));
        Assert.Empty(bottle.Problems);
    }

    [Fact]
    public void Mnist_has_the_published_counts()
    {
        Dataset dataset = Dataset.Open(SharedFolder.RequireFolder("data/mnist"));
        Assert.Equal("mnist", dataset.LayoutId);
        Assert.Equal(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"], dataset.Categories);
        for (int digit = 0; digit < 10; digit++)
        {
            Category category = dataset.Load(dataset.Categories[digit]);
            Assert.Equal(MnistTrain[digit], category.Train.Count);
            Assert.Equal(10000, category.Test.Count);
            Assert.Equal(MnistTest[digit], category.Test.Count(item => !item.IsDefective));
            Assert.Equal(new PictureFormat(28, 28, 1, 8), category.Train[0].Identify());
        }

        // The first training picture is a well-known five.
        using Image five = dataset.Load("5").Train[0].LoadImage();
        Assert.Equal(27525, five.Samples8!.Sum(value => value));
    }

    [Fact]
    public void Magnetic_tile_is_recognised_and_its_pictures_are_counted()
    {
        Dataset dataset = Dataset.Open(SharedFolder.RequireFolder("data/magnetic-tile"));
        Assert.Equal("mvtec-ad", dataset.LayoutId);
        Assert.Equal(["magnetic-tile"], dataset.Categories);
        CategoryDescription tile = DataDescriber.Describe(dataset).Categories.Single();
        Assert.Equal((761, 191, 392), (tile.TrainGood, tile.TestGood, tile.TestDefective));
        Assert.Equal((392, 0), (tile.MasksPresent, tile.MasksMissing));
        Assert.Equal(["blowhole", "break", "crack", "fray", "uneven"], tile.Kinds.Select(kind => kind.Kind));

        // Every picture is either understood or reported.
        Assert.Equal(1344, tile.Formats.Sum(format => format.Count) + tile.UnreadableCount);
    }
}
