using GoNoGo.Testing.SyntheticData;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Datasets.Description;
using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Png;
using Xunit;

namespace GoNoGo.Vision.Tests.Datasets;

/// <summary>What comparing pixels finds: copies, near copies, exposures; and what it must not find.</summary>
public sealed class PixelFindingsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Different_parts_of_one_product_are_no_findings()
    {
        Fill(40);
        CategoryDescription one = Describe();
        Assert.Equal((0, 0, 0), (one.DuplicateCount, one.NearDuplicateCount, one.ExposureOutlierCount));
        Assert.Empty(one.Problems);
        Assert.InRange(one.Exposure!.Median, 80, 160);
        Assert.True(one.Exposure.Darkest <= one.Exposure.Median && one.Exposure.Median <= one.Exposure.Brightest);
    }

    [Fact]
    public void Copies_are_found_by_bytes_and_by_pixels()
    {
        Fill(30);
        using Image part = Part(3);
        // The same file in test; the same pixels in another file format; a good part that is called defective.
        _folder.File("test/good/copy.png", File.ReadAllBytes(_folder["good/03.png"]));
        _folder.File("good/again.bmp", TestPictures.Bmp(Part(5)));
        _folder.File("bad/7.png", PngEncoder.Encode(Part(7)));
        CategoryDescription one = Describe();
        Assert.Equal(3, one.DuplicateCount);
        DuplicateGroup same = one.Duplicates.Single(group => group.Paths.Contains("test/good/copy.png"));
        Assert.Equal(["good/03.png", "test/good/copy.png"], same.Paths);
        Assert.Equal((true, false, true), (same.AcrossTrainAndTest, same.GoodAndDefective, same.SameBytes));
        DuplicateGroup pixels = one.Duplicates.Single(group => group.Paths.Contains("good/again.bmp"));
        Assert.Equal((false, false), (pixels.AcrossTrainAndTest, pixels.SameBytes));
        Assert.True(one.Duplicates.Single(group => group.Paths.Contains("bad/7.png")).GoodAndDefective);
        Assert.Contains(one.Problems, problem => problem.Contains("2 pictures to learn from are in the test part too", StringComparison.Ordinal));
        Assert.Contains(one.Problems, problem => problem.Contains("called good and defective", StringComparison.Ordinal));
        Assert.Equal(0, one.NearDuplicateCount);
    }

    [Fact]
    public void Near_copies_are_found()
    {
        Fill(60);
        using Image smaller = Vision.Imaging.Resizing.ImageResize.Resize(Part(11), 72, 54);
        _folder.File("test/good/smaller.png", PngEncoder.Encode(smaller));
        Image noisy = Part(20);
        for (int index = 0; index < noisy.Samples8!.Length; index++)
        {
            noisy.Samples8[index] = (byte)Math.Clamp(noisy.Samples8[index] + (index * 7919 % 3) - 1, 0, 255);
        }

        _folder.File("good/noisy.png", PngEncoder.Encode(noisy));
        CategoryDescription one = Describe();
        Assert.Equal([new("good/11.png", "test/good/smaller.png", true), new NearDuplicate("good/20.png", "good/noisy.png", false)], one.NearDuplicates);
        Assert.Contains(one.Problems, problem => problem.Contains("2 pairs of pictures are nearly the same, 1 across train and test", StringComparison.Ordinal));
    }

    [Fact]
    public void Exposures_that_stand_out_are_found_with_the_reason()
    {
        Fill(30);
        _folder.File("good/dark.png", PngEncoder.Encode(Lit(Part(50), 0.4, 0)));
        _folder.File("bad/bright.png", PngEncoder.Encode(Lit(Part(51), 1, 60)));
        Image clipped = Part(52);
        clipped.Samples8.AsSpan(0, clipped.Samples8!.Length / 16).Fill(255);
        _folder.File("test/good/clipped.png", PngEncoder.Encode(clipped));
        CategoryDescription one = Describe();
        Assert.Equal(["bad/bright.png", "good/dark.png", "test/good/clipped.png"], one.ExposureOutliers.Select(outlier => outlier.Path).Order(StringComparer.Ordinal));
        Assert.Contains("darker than the others", one.ExposureOutliers.Single(outlier => outlier.Path == "good/dark.png").Reason, StringComparison.Ordinal);
        Assert.Contains("brighter", one.ExposureOutliers.Single(outlier => outlier.Path == "bad/bright.png").Reason, StringComparison.Ordinal);
        Assert.Contains("white", one.ExposureOutliers.Single(outlier => outlier.Path == "test/good/clipped.png").Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Crowded_bands_stay_linear_and_equal_pictures_count_once()
    {
        var looks = new List<(DatasetItem, PictureLook)>();
        DatasetItem item = DummyDatasets.Open("folder").Load().Train[0];
        for (int index = 0; index < 20_000; index++)
        {
            // All alike but for one step: every band is crowded.
            var steps = new short[PictureLook.StepCount];
            steps[0] = (short)(index % 1000);
            looks.Add((item, new PictureLook((UInt128)(index / 2), 100, 0, 0, steps)));
        }

        var clock = System.Diagnostics.Stopwatch.StartNew();
        Assert.True(NearDuplicateSearch.Find(looks, 20_000).Count <= 20_000 * 64);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60));
        Assert.Equal(10_000, DuplicateSearch.Find(looks, 20_000).Count);
    }

    [Fact]
    public void Headers_only_looks_at_no_pixels_and_progress_reaches_the_end()
    {
        Fill(20);
        _folder.File("test/good/copy.png", File.ReadAllBytes(_folder["good/03.png"]));
        _folder.File("test/good/empty.png", []);
        CategoryDescription quick = DataDescriber.Describe(Dataset.Open(_folder.Root), options: new() { DecodePictures = false }).Categories.Single();
        Assert.Equal((0, null, 1), (quick.DuplicateCount, quick.Exposure, quick.UnreadableCount));
        int last = 0;
        CategoryDescription whole = DataDescriber.Describe(Dataset.Open(_folder.Root), progress: (done, all) => last = all == 23 ? Math.Max(last, done) : -1).Categories.Single();
        Assert.InRange(last, 1, 23);
        Assert.Equal(1, whole.DuplicateCount);
        Assert.Contains("empty", whole.Unreadable.Single().Reason, StringComparison.Ordinal);
    }

    private CategoryDescription Describe() => DataDescriber.Describe(Dataset.Open(_folder.Root)).Categories.Single();

    private void Fill(int count)
    {
        for (int index = 0; index < count; index++)
        {
            _folder.File($"good/{index:D2}.png", PngEncoder.Encode(Part(index)));
        }

        _folder.File("test/good/x.png", PngEncoder.Encode(Part(90)));
    }

    /// <summary>The same shape in every picture, a texture and a place of its own: as parts before a camera are.</summary>
    private static Image Part(int seed)
    {
        const int Width = 96;
        const int Height = 72;
        var random = new Random(seed);
        double[] waves = [.. Enumerable.Range(0, 40).Select(_ => random.NextDouble())];
        var samples = new byte[Width * Height * 3];
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                double value = Math.Abs(x - 48) + Math.Abs(y - 36) < 30 ? 170 : 90;
                for (int wave = 0; wave < 10; wave++)
                {
                    value += 4 * Math.Sin((waves[4 * wave] * 0.8 * x) + (waves[(4 * wave) + 1] * 0.8 * y) + (6.3 * waves[(4 * wave) + 2]));
                }

                samples.AsSpan(((y * Width) + x) * 3, 3).Fill((byte)Math.Clamp(value, 0, 250));
            }
        }

        return new Image(Width, Height, 3, samples);
    }

    private static Image Lit(Image image, double scale, int offset)
    {
        for (int index = 0; index < image.Samples8!.Length; index++)
        {
            image.Samples8[index] = (byte)Math.Clamp((image.Samples8[index] * scale) + offset, 0, 250);
        }

        return image;
    }
}
