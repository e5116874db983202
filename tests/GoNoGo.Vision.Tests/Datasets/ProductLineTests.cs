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
    public void Defects_are_where_the_mask_says_and_nowhere_else(string kind)
    {
        const int size = 192;
        for (ulong picture = 0; picture < 6; picture++)
        {
            using ProductPicture good = PictureRenderer.Render(size, new Draws(11, picture), "good");
            using ProductPicture bad = PictureRenderer.Render(size, new Draws(11, picture), kind);
            byte[] mask = bad.Mask!.Samples8!;
            double area = mask.Count(value => value != 0) / (double)mask.Length;
            Assert.InRange(area, 0.0005, kind == ProductLine.SmallDefectKind ? 0.0099 : 0.05);

            double inside = 0;
            double far = 0;
            for (int pixel = 0; pixel < mask.Length; pixel++)
            {
                double change = Change(good, bad, pixel);
                inside += mask[pixel] != 0 ? change : 0;
                far += IsNearMask(mask, size, pixel, 5) ? 0 : change;
            }

            double mean = inside / (area * mask.Length);
            Assert.True(mean > (kind == ProductLine.SmallDefectKind ? 5 : 15), $"{kind} {picture}: mean change in the mask {mean:F1}");
            Assert.True(far < 0.1 * inside, $"{kind} {picture}: change {inside:F0} in the mask, {far:F0} far from it");
        }
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

    private static double Change(ProductPicture a, ProductPicture b, int pixel)
    {
        double sum = 0;
        for (int channel = 0; channel < 3; channel++)
        {
            sum += Math.Abs(a.Picture.Samples8![(pixel * 3) + channel] - b.Picture.Samples8![(pixel * 3) + channel]);
        }

        return sum / 3;
    }

    private static bool IsNearMask(byte[] mask, int size, int pixel, int reach)
    {
        for (int y = Math.Max(0, (pixel / size) - reach); y <= Math.Min(size - 1, (pixel / size) + reach); y++)
        {
            int first = Math.Max(0, (pixel % size) - reach);
            int last = Math.Min(size - 1, (pixel % size) + reach);
            if (mask.AsSpan((y * size) + first, last - first + 1).ContainsAnyExcept((byte)0))
            {
                return true;
            }
        }

        return false;
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
