using GoNoGo.Testing.SyntheticData;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Datasets.Description;
using Xunit;

namespace GoNoGo.Vision.Tests.Datasets;

public class DataDescriberTests
{
    [Theory]
    [MemberData(nameof(DatasetContractTests.Layouts), MemberType = typeof(DatasetContractTests))]
    public void Adds_up_for_every_layout(string id)
    {
        Dataset dataset = DummyDatasets.Open(id);
        DataDescription description = DataDescriber.Describe(dataset);
        Assert.Equal(id, description.Layout);
        Assert.Equal(dataset.Categories, description.Categories.Select(category => category.Name));
        foreach (CategoryDescription one in description.Categories)
        {
            Category category = dataset.Load(one.Name);
            Assert.Equal(category.Train.Count, one.TrainGood);
            Assert.Equal(category.Train.Count, one.Fit + one.Validation);
            Assert.Equal(category.Test.Count, one.TestGood + one.TestDefective);
            Assert.Equal(one.TestDefective, one.Kinds.Sum(kind => kind.Count));
            Assert.Equal(one.TestDefective, one.MasksPresent + one.MasksMissing);
            Assert.Equal(category.Train.Count + category.Test.Count, one.Formats.Sum(format => format.Count));
            Assert.Equal(0, one.UnreadableCount);
        }
    }

    [Fact]
    public void Names_empty_masks()
    {
        CategoryDescription product = DataDescriber.Describe(DummyDatasets.Open("btad"), "02").Categories.Single();
        Assert.Equal(1, product.MasksEmpty);
        Assert.Contains(product.Problems, problem => problem.Contains("02/test/ko/002.png", StringComparison.Ordinal));
    }

    [Fact]
    public void Names_mixed_sizes_channels_and_what_cannot_be_read()
    {
        using var folder = new TemporaryFolder();
        for (int index = 0; index < 10; index++)
        {
            folder.File($"good/{index}.png", TestPictures.Png(seed: index));
        }

        byte[] whole = TestPictures.Png(64, 64);
        folder.File("bad/a.png", TestPictures.Png(20, 20));
        folder.File("bad/b.png", TestPictures.Png(12, 10, 1));
        folder.File("bad/cut.png", whole.AsSpan(0, whole.Length - 40));
        folder.File("bad/photo.jpg", [0xFF, 0xD8, 0xFF, 0xE0]);
        folder.File("bad/text.png", "no picture"u8);
        folder.File("bad/wrong mask.png", TestPictures.Png());
        folder.File("masks/wrong mask.png", TestPictures.MaskPng(5, 5));
        CategoryDescription one = DataDescriber.Describe(Dataset.Open(folder.Root)).Categories.Single();
        Assert.Equal(
            ["bad/cut.png", "bad/photo.jpg", "bad/text.png", "masks/wrong mask.png"], one.Unreadable.Select(file => file.Path));
        Assert.Equal(4, one.UnreadableCount);
        Assert.Equal([new(12, 10, 3, 8, 11), new(20, 20, 3, 8, 1), new FormatCount(12, 10, 1, 8, 1)], one.Formats);
        Assert.Contains(one.Problems, problem => problem.Contains("2 sizes, most often 12 x 10 (11 of 13)", StringComparison.Ordinal));
        Assert.Contains(one.Problems, problem => problem.Contains("12 8-bit RGB, 1 8-bit gray", StringComparison.Ordinal));
        Assert.Contains(one.Problems, problem => problem.Contains("4 files cannot be used, the first is bad/cut.png", StringComparison.Ordinal));
    }

    [Fact]
    public void A_truncated_picture_with_a_forged_end_needs_full_decoding()
    {
        using var folder = new TemporaryFolder();
        byte[] whole = TestPictures.Png(64, 64);
        folder.File("good/a.png", TestPictures.Png(64, 64));
        folder.File("good/b.png", [.. whole.AsSpan(0, whole.Length - 60), .. whole.AsSpan(whole.Length - 12)]);
        Dataset dataset = Dataset.Open(folder.Root);
        Assert.Equal(0, DataDescriber.Describe(dataset, options: new() { DecodePictures = false }).Categories[0].UnreadableCount);
        Assert.Equal(1, DataDescriber.Describe(dataset).Categories[0].UnreadableCount);
    }

    [Fact]
    public void Says_when_there_are_too_few_pictures()
    {
        using var folder = new TemporaryFolder();
        folder.File("good/a.png", TestPictures.Png());
        CategoryDescription one = DataDescriber.Describe(Dataset.Open(folder.Root)).Categories.Single();
        Assert.Contains(one.Problems, problem => problem.StartsWith("1 good picture to learn from cannot be divided", StringComparison.Ordinal));
    }

    [Fact]
    public void A_bad_category_does_not_hide_the_others()
    {
        using var folder = new TemporaryFolder();
        folder.File("left/good/a.png", TestPictures.Png());
        folder.Folder("right/good");
        DataDescription description = DataDescriber.Describe(Dataset.Open(folder.Root));
        Assert.Equal(1, description.Categories[0].TrainGood);
        Assert.Contains("found none", description.Categories[1].Problems.Single(), StringComparison.Ordinal);
        Assert.True(description.HasProblems);
    }

    [Fact]
    public void Can_be_cancelled()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => DataDescriber.Describe(DummyDatasets.Open("mnist"), cancellation: source.Token));
    }
}
