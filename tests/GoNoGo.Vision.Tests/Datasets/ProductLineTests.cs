using GoNoGo.Testing;
using GoNoGo.Testing.SyntheticData;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Datasets.Synthetic;
using Xunit;

namespace GoNoGo.Vision.Tests.Datasets;

[Collection(VectorWidthCollection.Name)]
public class ProductLineTests
{
    private static readonly ProductLineOptions Small = new() { Size = 128 };

    public static TheoryData<string> Kinds => [.. ProductLine.DefectKinds];

    [Fact]
    public void Writes_a_data_set_in_the_layout_of_mvtec()
    {
        using var folder = new TemporaryFolder();
        var options = new ProductLineOptions { Size = 64, TrainGood = 4, TestGood = 2, TestDefective = 2 };
        int last = 0;
        ProductLine.Write(folder.Root, options, done => Interlocked.Exchange(ref last, Math.Max(last, done)));
        Assert.Equal(16, ProductLine.Count(options));
        Assert.Equal(16, last);
        Dataset dataset = Dataset.Open(folder.Root);
        Assert.Equal("mvtec-ad", dataset.LayoutId);
        Category category = dataset.Load();
        Assert.Equal((4, 12, 10), (category.Train.Count, category.Test.Count, category.Test.Count(item => item.HasMask)));
        Assert.Equal(5, category.Test.Where(item => item.IsDefective).Select(item => item.DefectKind).Distinct().Count());
        Assert.Equal(new PictureFormat(64, 64, 3, 8), category.Train[0].Identify());
        Assert.All(category.Test.Where(item => item.IsDefective), item => Assert.Contains((byte)255, item.LoadMask()!.Samples8!));
    }

    [Fact]
    public void Default_set_is_large_enough()
    {
        var options = new ProductLineOptions();
        Assert.Equal(5, ProductLine.DefectKinds.Count);
        Assert.True(options.TestGood + (5 * options.TestDefective) >= 60);
    }

    [Fact]
    public void Same_seed_same_pictures_for_any_number_of_threads()
    {
        var options = new ProductLineOptions { Size = 64, TrainGood = 3, TestGood = 1, TestDefective = 1 };
        Assert.Equal(Bytes(options, 1), Bytes(options, 3));
        Assert.NotEqual(Bytes(options, 1), Bytes(options with { Seed = 2 }, 1));
    }

    [Fact]
    public void More_pictures_leave_the_others_as_they_are()
    {
        using ProductPicture a = ProductLine.DrawTest(Small, "stain", 3);
        using ProductPicture b = ProductLine.DrawTest(Small with { TrainGood = 7, TestDefective = 90 }, "stain", 3);
        using ProductPicture c = ProductLine.DrawTest(Small, "stain", 4);
        Assert.Equal(a.Picture.Samples8, b.Picture.Samples8);
        Assert.NotEqual(a.Picture.Samples8, c.Picture.Samples8);
        Assert.Throws<ArgumentException>(() => ProductLine.DrawTest(Small, "rust", 0));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Defects_differ_from_a_good_part_where_the_mask_says(string kind)
    {
        double smallest = double.MaxValue;
        double largest = 0;
        for (int index = 0; index < 12; index++)
        {
            var options = Small with { Seed = 100 + index, Size = 256 };
            using ProductPicture picture = ProductLine.DrawTest(options, kind, index);
            byte[] mask = picture.Mask!.Samples8!;
            double area = mask.Count(value => value != 0) / (double)mask.Length;
            smallest = Math.Min(smallest, area);
            largest = Math.Max(largest, area);
        }

        if (kind == ProductLine.SmallDefectKind)
        {
            Assert.InRange(largest, 0.0005, 0.0099);
        }

        Assert.InRange(smallest, 0.0005, 0.05);
        Assert.InRange(largest, 0.0005, 0.05);
    }

    /// <summary>
    /// A guard for the demonstration: the simplest detector of all (deviation from the mean picture in units of the usual
    /// deviation, at a quarter of the size) tells the four large kinds from good parts for any seed, and the small one
    /// is harder.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(4711)]
    public void Large_defects_stand_out_of_normal_variation(int seed)
    {
        var options = new ProductLineOptions { Size = 128, Seed = seed };
        float[][] train = [.. Enumerable.Range(0, 40).Select(index => Reduced(ProductLine.DrawTrain(options, index)))];
        double[] good = [.. Enumerable.Range(0, 12).Select(index => Deviation(train, Reduced(ProductLine.DrawTest(options, "good", index))))];
        foreach (string kind in ProductLine.DefectKinds.Where(kind => kind != ProductLine.SmallDefectKind))
        {
            double[] bad = [.. Enumerable.Range(0, 6).Select(index => Deviation(train, Reduced(ProductLine.DrawTest(options, kind, index))))];
            double area = bad.Sum(b => good.Sum(g => b > g ? 1.0 : b == g ? 0.5 : 0)) / (good.Length * bad.Length);
            Assert.True(area >= 0.95, $"{kind}: AUROC {area:F3}");
        }
    }

    private static byte[] Bytes(ProductLineOptions options, int threads)
    {
        using IDisposable forced = ProcessSettings.Threads(threads);
        using var folder = new TemporaryFolder();
        ProductLine.Write(folder.Root, options);
        return [.. Directory.EnumerateFiles(folder.Root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).SelectMany(File.ReadAllBytes)];
    }

    private static float[] Reduced(ProductPicture picture)
    {
        const int factor = 4;
        int size = picture.Picture.Width / factor;
        var reduced = new float[size * size * 3];
        byte[] samples = picture.Picture.Samples8!;
        for (int index = 0; index < samples.Length; index++)
        {
            int pixel = index / 3;
            int x = pixel % picture.Picture.Width / factor;
            int y = pixel / picture.Picture.Width / factor;
            reduced[(((y * size) + x) * 3) + (index % 3)] += samples[index] / (float)(factor * factor);
        }

        return reduced;
    }

    private static double Deviation(float[][] train, float[] picture)
    {
        double largest = 0;
        for (int index = 0; index < picture.Length; index++)
        {
            double mean = train.Average(one => one[index]);
            double deviation = Math.Sqrt(train.Average(one => (one[index] - mean) * (one[index] - mean)));
            largest = Math.Max(largest, Math.Abs(picture[index] - mean) / (deviation + 1));
        }

        return largest;
    }
}
