using GoNoGo.Testing.SyntheticData;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Imaging;
using Xunit;

namespace GoNoGo.Vision.Tests.Datasets;

/// <summary>KolektorSDD and KolektorSDD2: what is defective is said by label pictures.</summary>
public sealed class KolektorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_part_is_defective_where_its_label_marks_something()
    {
        Dataset dataset = DummyDatasets.Open("kolektor");
        Assert.Equal(["kolektorsdd"], dataset.Categories);
        Category category = dataset.Load();
        Assert.Equal((8, 4), (category.Train.Count, category.Test.Count));
        Assert.Equal(["kos01/Part5.jpg", "kos02/Part5.jpg"], category.Test.Where(item => item.IsDefective).Select(item => item.RelativePath));
        Assert.Equal(["kos01/Part5_label.bmp", "kos02/Part5_label.bmp"], category.Test.Where(item => item.HasMask).Select(item => item.MaskPath));
        Assert.All(category.Test.Where(item => item.IsDefective), item => Assert.Equal("defect", item.DefectKind));
        Assert.Contains(category.Notes, note => note.Contains("not divided, all defective pictures are judged: 20 % of the good pictures (2 of 10", StringComparison.Ordinal));
    }

    [Fact]
    public void The_second_data_set_is_divided_and_defective_parts_to_learn_from_are_left_out()
    {
        foreach ((string half, int first) in (ReadOnlySpan<(string, int)>)[("train", 10000), ("test", 20000)])
        {
            for (int index = 0; index < 4; index++)
            {
                _folder.File($"{half}/{first + index}.png", TestPictures.Png(seed: first + index));
                _folder.File($"{half}/{first + index}_GT.png", TestPictures.MaskPng(empty: index > 0));
            }
        }

        _folder.File("train/copyright.txt", "none"u8);
        _folder.File("test/30000_GT.png", TestPictures.MaskPng());
        Dataset dataset = Dataset.Open(_folder.Root);
        Assert.Equal("kolektor", dataset.LayoutId);
        Category category = dataset.Load("kolektorsdd2");
        Assert.Equal(["train/10001.png", "train/10002.png", "train/10003.png"], category.Train.Select(item => item.RelativePath));
        Assert.Equal(["defect", "good", "good", "good"], category.Test.Select(item => item.DefectKind));
        Assert.Equal("test/20000_GT.png", category.Test[0].MaskPath);
        Assert.Equal(["test/30000_GT.png"], category.StrayMasks);
        Assert.Equal(1, category.IgnoredFiles);
        Assert.Contains(category.Notes, note => note.Contains("1 defective picture of 'train' left out", StringComparison.Ordinal));
    }

    [Fact]
    public void A_picture_without_its_label_or_with_a_damaged_one_is_named()
    {
        _folder.File("kos01/Part0.jpg", TestPictures.Png());
        _folder.File("kos01/Part0_label.bmp", TestPictures.Bmp(TestPictures.Mask(12, 10, empty: true)));
        _folder.File("kos01/Part1.jpg", TestPictures.Png());
        DatasetException missing = Assert.Throws<DatasetException>(() => Dataset.Open(_folder.Root).Load());
        Assert.Contains("expected a label 'Part1_label' beside it", missing.Message, StringComparison.Ordinal);
        _folder.File("kos01/Part1_label.bmp", []);
        ImageFormatException damaged = Assert.Throws<ImageFormatException>(() => Dataset.Open(_folder.Root).Load());
        Assert.Contains("Part1_label.bmp", damaged.Message, StringComparison.Ordinal);
    }
}
