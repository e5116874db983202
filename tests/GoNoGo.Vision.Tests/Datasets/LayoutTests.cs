using GoNoGo.Testing.SyntheticData;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Imaging;
using Xunit;

namespace GoNoGo.Vision.Tests.Datasets;

/// <summary>What is particular to each layout.</summary>
public class LayoutTests
{
    [Fact]
    public void Mvtec_lists_kinds_masks_and_ignored_files()
    {
        Dataset dataset = DummyDatasets.Open("mvtec-ad");
        Assert.Equal(["bottle", "screw"], dataset.Categories);
        Category bottle = dataset.Load("bottle");
        Assert.Equal(6, bottle.Train.Count);
        Assert.Equal("bottle/train/good/000.png", bottle.Train[0].RelativePath);
        Assert.Equal(
            ["broken_large", "broken_large", "broken_large", "good", "good", "scratch", "scratch"],
            bottle.Test.Select(item => item.DefectKind));
        Assert.Equal([true, true, true, false, false, true, false], bottle.Test.Select(item => item.HasMask));
        Assert.Equal(1, bottle.IgnoredFiles);
        Assert.Contains(bottle.Notes, note => note.Contains("1 of 5 defective pictures have no mask, the first is bottle/test/scratch/001.png", StringComparison.Ordinal));
    }

    [Fact]
    public void Mvtec_category_folder_is_a_data_set_of_its_own()
    {
        Dataset dataset = Dataset.Open(Path.Combine(DummyDatasets.Root("mvtec-ad"), "screw"));
        Assert.Equal(["screw"], dataset.Categories);
        Assert.Equal("train/good/000.png", dataset.Load().Train[0].RelativePath);
        Assert.Equal(1, dataset.Load().Train[0].Identify().Channels);
    }

    [Fact]
    public void Btad_finds_masks_by_the_rule_of_each_product()
    {
        Dataset dataset = DummyDatasets.Open("btad");
        Assert.Equal(["01", "02", "03"], dataset.Categories);
        Assert.EndsWith(".png", dataset.Load("01").Test[0].MaskPath, StringComparison.Ordinal);
        Assert.EndsWith(".png", dataset.Load("02").Test[0].MaskPath, StringComparison.Ordinal);
        Assert.EndsWith(".bmp", dataset.Load("03").Test[0].MaskPath, StringComparison.Ordinal);
        Assert.All(dataset.Categories, name => Assert.Equal(3, dataset.Load(name).Test.Count(item => item.HasMask && item.DefectKind == "ko")));
    }

    [Fact]
    public void Btad_prefers_the_published_extension_where_there_are_two_masks()
    {
        using var folder = new TemporaryFolder();
        foreach (string product in (string[])["01", "03"])
        {
            folder.File($"{product}/train/ok/0.bmp", TestPictures.Bmp(TestPictures.Make(12, 10, 3, 1)));
            folder.File($"{product}/test/ko/0.bmp", TestPictures.Bmp(TestPictures.Make(12, 10, 3, 2)));
            folder.File($"{product}/ground_truth/ko/0.bmp", TestPictures.Bmp(TestPictures.Mask(12, 10)));
            folder.File($"{product}/ground_truth/ko/0.png", TestPictures.MaskPng());
        }

        Dataset dataset = Dataset.Open(folder.Root);
        Assert.Equal("01/ground_truth/ko/0.png", dataset.Load("01").Test[0].MaskPath);
        Assert.Equal("03/ground_truth/ko/0.bmp", dataset.Load("03").Test[0].MaskPath);
    }

    [Fact]
    public void Btad_allows_an_empty_mask()
    {
        Category product = DummyDatasets.Open("btad").Load("02");
        using Image mask = product.Test.Last(item => item.IsDefective).LoadMask()!;
        Assert.All(mask.Samples8!, value => Assert.Equal(0, value));
    }

    [Fact]
    public void Mnist_takes_one_digit_as_normal()
    {
        Dataset dataset = DummyDatasets.Open("mnist");
        Assert.Equal(10, dataset.Categories.Count);
        Category three = dataset.Load("3");
        Assert.Equal(4, three.Train.Count);
        Assert.Equal("train/3/000001", three.Train[0].RelativePath);
        Assert.All(three.Train, item => Assert.Equal(61, item.LoadImage().Samples8![0]));
        Assert.Equal(20, three.Test.Count);
        Assert.Equal(2, three.Test.Count(item => !item.IsDefective));
        Assert.Equal(["0", "1", "2", "4", "5", "6", "7", "8", "9", "good"], three.Test.Select(item => item.DefectKind).Distinct().Order(StringComparer.Ordinal));
        DatasetItem seven = three.Test.First(item => item.DefectKind == "7");
        Assert.StartsWith("test/7/", seven.RelativePath, StringComparison.Ordinal);
        Assert.All(seven.LoadImage().Samples8!, value => Assert.Equal(142, value));
    }

    [Fact]
    public void Plain_folder_holds_a_fifth_out_and_says_so()
    {
        Category category = DummyDatasets.Open("folder").Load();
        // The seed-24 shuffle of 10 is 4 7 8 0 5 9 1 3 | 2 6.
        Assert.Equal([0, 1, 3, 4, 5, 7, 8, 9], category.Train.Select(item => item.RelativePath[^5] - '0'));
        Assert.Equal(["good/part 2.png", "good/part 6.png"], category.Test.Where(item => !item.IsDefective).Select(item => item.RelativePath));
        Assert.Contains(category.Notes, note => note.Contains("20 % of the good pictures (2 of 10", StringComparison.Ordinal));
        Assert.Equal(1, category.IgnoredFiles);
    }

    [Fact]
    public void Plain_folder_reads_kinds_and_mirrored_masks()
    {
        DatasetItem[] bad = [.. DummyDatasets.Open("folder").Load().Test.Where(item => item.IsDefective)];
        Assert.Equal(["bad", "scratch", "scratch"], bad.Select(item => item.DefectKind));
        Assert.Equal(["masks/a.png", "masks/scratch/b_mask.png", null], bad.Select(item => item.MaskPath));
    }

    [Fact]
    public void Plain_folder_with_test_good_holds_nothing_out()
    {
        using var folder = new TemporaryFolder();
        for (int index = 0; index < 5; index++)
        {
            folder.File($"good/{index}.png", TestPictures.Png(seed: index));
        }

        folder.File("test/good/9.png", TestPictures.Png(seed: 9));
        folder.File("test/dirt/8.png", TestPictures.Png(seed: 8));
        folder.File("bad/scratch/7.png", TestPictures.Png(seed: 7));
        Dataset dataset = Dataset.Open(folder.Root);
        Assert.Equal("folder", dataset.LayoutId);
        Category category = dataset.Load();
        Assert.Equal(5, category.Train.Count);
        Assert.Equal(["bad/scratch/7.png", "test/dirt/8.png", "test/good/9.png"], category.Test.Select(item => item.RelativePath));
        Assert.DoesNotContain(category.Notes, note => note.Contains("held out", StringComparison.Ordinal));
    }

    [Fact]
    public void Train_good_without_test_good_is_a_plain_folder()
    {
        using var folder = new TemporaryFolder();
        for (int index = 0; index < 10; index++)
        {
            folder.File($"train/good/{index}.png", TestPictures.Png(seed: index));
        }

        folder.File("test/dirt/8.png", TestPictures.Png(seed: 8));
        folder.File("ground_truth/dirt/8_mask.png", TestPictures.MaskPng());
        Dataset dataset = Dataset.Open(folder.Root);
        Assert.Equal("folder", dataset.LayoutId);
        Category category = dataset.Load();
        Assert.Equal(8, category.Train.Count);
        Assert.Equal((2, 1), (category.Test.Count(item => !item.IsDefective), category.Test.Count(item => item.HasMask)));
    }

    [Fact]
    public void Plain_folders_side_by_side_are_categories()
    {
        using var folder = new TemporaryFolder();
        foreach (string product in (string[])["left", "right"])
        {
            folder.File($"{product}/good/0.png", TestPictures.Png());
        }

        folder.File("docs/readme.txt", "no category"u8);
        Assert.Equal(["left", "right"], Dataset.Open(folder.Root).Categories);
        Assert.Equal("right/good/0.png", Dataset.Open(folder.Root).Load("right").Train[0].RelativePath);
    }

    [Fact]
    public void Parts_of_a_category_are_no_categories()
    {
        using var folder = new TemporaryFolder();
        folder.File("test/good/0.png", TestPictures.Png());
        Assert.Equal(DatasetError.UnknownLayout, Assert.Throws<DatasetException>(() => Dataset.Open(folder.Root)).Error);
    }

    [Fact]
    public void Stray_masks_are_named()
    {
        using var folder = new TemporaryFolder();
        folder.File("good/0.png", TestPictures.Png());
        folder.File("bad/1.png", TestPictures.Png());
        folder.File("masks/2.png", TestPictures.MaskPng());
        Category category = Dataset.Open(folder.Root).Load();
        Assert.Equal(["masks/2.png"], category.StrayMasks);
        Assert.Contains(category.Notes, note => note.Contains("masks/2.png", StringComparison.Ordinal));
    }

    [Fact]
    public void Colour_masks_become_one_channel_and_alpha_does_not_count()
    {
        using var folder = new TemporaryFolder();
        folder.File("good/0.png", TestPictures.Png(3, 1));
        folder.File("bad/1.png", TestPictures.Png(3, 1));
        folder.File("masks/1.png", GoNoGo.Vision.Imaging.Png.PngEncoder.Encode(new Image(3, 1, 4, [0, 0, 0, 255, 0, 1, 0, 255, 9, 0, 0, 0])));
        using Image mask = Dataset.Open(folder.Root).Load().Test.Single(item => item.IsDefective).LoadMask()!;
        Assert.Equal([0, 255, 255], mask.Samples8);
    }
}
