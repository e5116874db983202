using GoNoGo.Testing.SyntheticData;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Drawing;
using GoNoGo.Vision.Imaging.Png;
using GoNoGo.Vision.Imaging.Regions;

namespace GoNoGo.Vision.Tests.Imaging;

public sealed class RegionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Rectangles_are_read_and_all_else_names_a_file()
    {
        Assert.Equal([new PixelRectangle(1, 2, 30, 40), new PixelRectangle(5, 6, 7, 8)], Parse("1,2,30,40; 5,6,7,8;").Rectangles);
        Assert.True(Parse("masks/roi.png").IsFile);
        foreach (string wrong in new[] { "1,2,3", "1,2,3,4,5", "1;2", "", " ; ", "9999999999,0,1,1" })
        {
            Assert.False(RegionSource.TryParse(wrong, out RegionSource? none, out string? problem));
            Assert.Null(none);
            Assert.NotNull(problem);
        }
    }

    [Fact]
    public void A_region_is_the_interest_without_what_is_ignored()
    {
        JudgedRegion region = JudgedRegion.Make(Parse("2,1,6,4"), Parse("2,1,1,4;5,2,2,2"), 10, 8)!;
        Assert.Equal(new PixelRectangle(3, 1, 5, 4), region.Box);
        Assert.Equal(24 - 4 - 4, region.Count);
        Assert.False(region.FillsBox);
        Assert.Equal(0, region.Judged[(2 * 10) + 5]);
        Assert.Equal(1, region.Judged[(1 * 10) + 5]);
        Assert.Null(JudgedRegion.Make(null, null, 10, 8));
        Assert.True(JudgedRegion.Make(Parse("2,1,6,4"), null, 10, 8)!.FillsBox);
    }

    [Fact]
    public void What_is_no_region_is_refused_in_one_sentence()
    {
        Refused("does not lie in a picture of 10 x 8", Parse("5,5,6,2"), null);
        Refused("does not lie in a picture of 10 x 8", Parse("-1,0,4,4"), null);
        Refused("does not lie in a picture of 10 x 8", null, Parse("0,0,0,4"));
        Refused("does not lie in a picture of 10 x 8", null, Parse("1,0,2147483647,4"));
        Refused("no pixel is left to judge", Parse("1,1,2,2"), Parse("0,0,4,4"));
        Refused("marks no pixel", RegionSource.OfFile(MaskFile("empty.png", 10, 8, [])), null);
        Refused("no such file", RegionSource.OfFile(_folder["missing.png"]), null);
        Refused("draw both on one picture", RegionSource.OfFile(MaskFile("a.png", 10, 8, [3])), RegionSource.OfFile(MaskFile("b.png", 8, 10, [3])));
        string text = _folder.File("text.png", "no picture"u8);
        Assert.Contains(text, Assert.Throws<ImageFormatException>(() => JudgedRegion.Make(RegionSource.OfFile(text), null, 10, 8)).Message, StringComparison.Ordinal);

        static void Refused(string words, RegionSource? interest, RegionSource? ignored) =>
            Assert.Contains(words, Assert.Throws<DatasetException>(() => JudgedRegion.Make(interest, ignored, 10, 8)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mask_file_has_its_own_size_and_scales_by_the_nearest_rule()
    {
        JudgedRegion region = JudgedRegion.Make(RegionSource.OfFile(MaskFile("roi.png", 4, 2, [1, 6])), null, 100, 50)!;
        Assert.Equal((4, 2), (region.Width, region.Height));
        JudgedRegion scaled = region.ScaledTo(8, 4)!;
        Assert.Equal(
            [0, 0, 1, 1, 0, 0, 0, 0,
             0, 0, 1, 1, 0, 0, 0, 0,
             0, 0, 0, 0, 1, 1, 0, 0,
             0, 0, 0, 0, 1, 1, 0, 0],
            scaled.Judged.ToArray());
        Assert.Same(region, region.ScaledTo(4, 2));
        Assert.Null(JudgedRegion.Of(4, 2, [1, 0, 0, 0, 0, 0, 0, 0])!.ScaledTo(1, 1));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(8, 3)]
    [InlineData(13, 7)]
    public void Packing_and_unpacking_give_the_same_region(int width, int height)
    {
        var judged = new byte[width * height];
        for (int i = 0; i < judged.Length; i++)
        {
            judged[i] = (byte)(i * i % 3 == 0 ? 1 : 0);
        }

        JudgedRegion region = JudgedRegion.Of(width, height, judged)!;
        byte[] packed = region.Pack();
        Assert.Equal((width + 7) / 8 * height, packed.Length);
        JudgedRegion again = JudgedRegion.Unpack(width, height, packed)!;
        Assert.Equal(judged, again.Judged.ToArray());
        Assert.Equal((region.Box, region.Count, region.Hash()), (again.Box, again.Count, again.Hash()));
        Assert.Null(JudgedRegion.Unpack(width, height + 1, packed));
        Assert.Null(JudgedRegion.Unpack(-width, -height, packed));
        Assert.Null(JudgedRegion.Unpack(int.MaxValue, int.MaxValue, packed));
    }

    [Theory]
    [InlineData(8, 1)]
    [InlineData(8, 4)]
    [InlineData(16, 3)]
    [InlineData(32, 1)]
    public void What_is_not_judged_is_painted_in_the_mean_of_the_rest_and_cannot_be_seen(int depth, int channels)
    {
        JudgedRegion region = JudgedRegion.Make(Parse("1,1,4,3"), Parse("2,2,2,1"), 6, 5)!;
        using Image picture = Picture(depth, channels);
        using Image cut = RegionCut.Run(picture, region);
        Assert.Equal((4, 3, channels, depth), (cut.Width, cut.Height, cut.Channels, cut.BitDepth));
        for (int channel = 0; channel < channels; channel++)
        {
            var judged = new List<double>();
            for (int y = 0; y < 3; y++)
            {
                for (int x = 0; x < 4; x++)
                {
                    bool hole = y == 1 && x is 1 or 2;
                    if (!hole)
                    {
                        Assert.Equal(Sample(picture, x + 1, y + 1, channel), Sample(cut, x, y, channel));
                        judged.Add(Sample(cut, x, y, channel));
                    }
                }
            }

            Assert.Equal(10, judged.Count);
            double mean = depth == 32 ? (float)judged.Average() : Math.Round(judged.Average());
            Assert.Equal(mean, Sample(cut, 1, 1, channel), 1e-6);
            Assert.Equal(mean, Sample(cut, 2, 1, channel), 1e-6);
        }

        using Image alone = RegionCut.JudgedPixels(picture, region);
        Assert.Equal((10, 1, channels), (alone.Width, alone.Height, alone.Channels));
        Assert.Equal(Sample(cut, 0, 0, 0), Sample(alone, 0, 0, 0));
        Assert.Equal(Sample(cut, 3, 1, channels - 1), Sample(alone, 5, 0, channels - 1));

        // Whatever happens in the hole and beside the box, the network sees the same.
        using Image other = Picture(depth, channels, changes: [(2, 2), (3, 2), (0, 0), (5, 4)]);
        using Image otherCut = RegionCut.Run(other, region);
        for (int y = 0; y < 3; y++)
        {
            for (int x = 0; x < 4; x++)
            {
                Assert.Equal(Sample(cut, x, y, 0), Sample(otherCut, x, y, 0));
            }
        }
    }

    [Fact]
    public void A_data_folder_may_bring_its_regions()
    {
        foreach (string name in new[] { "good/a.png", "good/b.png", "good/c.png", "good/d.png", "good/e.png", "bad/x.png" })
        {
            _folder.File("data/" + name, TestPictures.Png());
        }

        Assert.Null(Dataset.Open(_folder["data"]).Load().InterestMask);
        _folder.File("data/regions/roi.bmp", TestPictures.Bmp(TestPictures.Mask(12, 10)));
        string roi = _folder.File("data/regions/roi.png", TestPictures.MaskPng());
        string ignore = _folder.File("data/regions/ignore.png", TestPictures.MaskPng());
        Category category = Dataset.Open(_folder["data"]).Load();
        Assert.Equal((roi, ignore), (category.InterestMask, category.IgnoreMask));
        Assert.Equal(6, category.Train.Count + category.Test.Count);
    }

    [Fact]
    public void Hatching_lies_where_the_map_has_no_value_and_nowhere_else()
    {
        var map = new float[16 * 16];
        map.AsSpan(0, 8 * 16).Fill(float.NaN);
        using Image picture = Image.Rent(64, 64, 3);
        picture.Samples8.AsSpan().Fill(10);
        Overlay.Hatch(picture, map, 16, 16, new PictureRegion(0, 0, 64, 64));
        ReadOnlySpan<byte> samples = picture.Samples8;
        Assert.Equal(-1, samples[..(32 * 64 * 3)].IndexOf((byte)10));
        Assert.Equal(-1, samples[(32 * 64 * 3)..].IndexOfAnyExcept((byte)10));
        Assert.True(samples[..(32 * 64 * 3)].ToArray().Distinct().Count() > 3, "no lines");
    }

    [Fact]
    public void A_heat_map_beside_what_is_not_judged_keeps_its_colour()
    {
        float[] map = [float.NaN, 1, 1, 1];
        using Image picture = Image.Rent(8, 2, 3);
        picture.Samples8.AsSpan().Clear();
        using Image drawn = Overlay.HeatMap(picture, map, 4, 1, new PictureRegion(0, 0, 8, 2), 0, 1);
        Assert.Equal(drawn.Samples8.AsSpan(3 * 6, 3).ToArray(), drawn.Samples8.AsSpan(3 * 2, 3).ToArray());
        Assert.Equal([0, 0, 0], drawn.Samples8.AsSpan(0, 3).ToArray());
    }

    private static RegionSource Parse(string text)
    {
        Assert.True(RegionSource.TryParse(text, out RegionSource? source, out string? problem), problem);
        return source!;
    }

    private string MaskFile(string name, int width, int height, int[] inside)
    {
        var samples = new byte[width * height];
        foreach (int at in inside)
        {
            samples[at] = 1;
        }

        using var mask = new Image(width, height, 1, samples);
        return _folder.File(name, PngEncoder.Encode(mask));
    }

    private static Image Picture(int depth, int channels, (int X, int Y)[]? changes = null)
    {
        const int width = 6;
        const int height = 5;
        float[] values = [.. Enumerable.Range(0, width * height * channels).Select(i => (float)((i * 37) % 200))];
        foreach ((int x, int y) in changes ?? [])
        {
            values.AsSpan(((y * width) + x) * channels, channels).Fill(211);
        }

        return depth switch
        {
            8 => new Image(width, height, channels, [.. values.Select(value => (byte)value)]),
            16 => new Image(width, height, channels, [.. values.Select(value => (ushort)(value * 20))]),
            _ => new Image(width, height, channels, [.. values.Select(value => value / 1000)]),
        };
    }

    private static double Sample(Image image, int x, int y, int channel)
    {
        int at = (((y * image.Width) + x) * image.Channels) + channel;
        return image.Samples8 is { } bytes ? bytes[at] : image.SamplesFloat is { } floats ? floats[at] : image.Samples16![at];
    }
}
