using GoNoGo.Detection.Detectors;
using GoNoGo.Detection.Options;
using GoNoGo.Detection.Scoring;
using GoNoGo.Detection.Training;
using GoNoGo.Learning.Autograd;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Random;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Regions;
using GoNoGo.Vision.Imaging.Tiling;
using Xunit;

namespace GoNoGo.Detection.Tests.Scoring;

public sealed class TileTests
{
    [Theory]
    [InlineData(100, 40, 10, new[] { 0, 30, 60 })]
    [InlineData(101, 40, 10, new[] { 0, 30, 60, 61 })]
    [InlineData(40, 40, 10, new[] { 0 })]
    [InlineData(41, 40, 10, new[] { 0, 1 })]
    [InlineData(7, 40, 10, new[] { 0 })]
    [InlineData(80, 40, 0, new[] { 0, 40 })]
    [InlineData(100, 40, 20, new[] { 0, 20, 40, 60 })]
    public void Tiles_overlap_and_the_last_is_shifted_inside(int length, int side, int overlap, int[] starts)
    {
        var grid = new TileGrid(length, side, side, overlap);
        Assert.Equal(starts.Length, grid.Count);
        Assert.Equal(starts, Enumerable.Range(0, grid.Count).Select(i => grid[i].X));
        var down = new TileGrid(side, length, side, overlap);
        Assert.Equal(starts, Enumerable.Range(0, down.Count).Select(i => down[i].Y));
    }

    /// <summary>Every pixel lies in a tile, for many sizes.</summary>
    [Fact]
    public void Tiles_leave_no_gap()
    {
        for (int length = 1; length < 300; length++)
        {
            foreach ((int side, int overlap) in new[] { (32, 0), (32, 16), (33, 7), (64, 31) })
            {
                var grid = new TileGrid(length, 1, side, overlap);
                int end = 0;
                for (int i = 0; i < grid.Columns; i++)
                {
                    int start = grid.StartOf(i, length);
                    Assert.True(i == 0 ? start == 0 : start > grid.StartOf(i - 1, length) && start + overlap <= end);
                    end = start + side;
                }

                Assert.True(end >= length && (length < side || end == length));
            }
        }
    }

    [Theory]
    [InlineData(100, 70, 40, 10, 8)]
    [InlineData(101, 33, 40, 20, 64)]
    [InlineData(30, 90, 40, 0, 40)]
    [InlineData(257, 131, 64, 1, 16)]
    public void A_constant_map_stays_constant(int width, int height, int side, int overlap, int model)
    {
        (ScoredPicture scored, _) = Score(width, height, side, overlap, model, (_, _) => 3.5f);
        Assert.Equal((Length(width), Length(height)), (scored.Map.Shape[1], scored.Map.Shape[0]));
        Assert.All(scored.Map.ToArray(), value => Assert.Equal(3.5f, value, 1e-5f));
        Assert.Equal(3.5f, scored.Score);

        int Length(int length) => model >= side ? length : (int)Math.Ceiling((double)length * model / side);
    }

    /// <summary>Tiles that disagree by a constant each, as networks do, make no step anywhere: neighbours differ by less than half of the disagreement.</summary>
    [Theory]
    [InlineData(160, 32, 16)]
    [InlineData(147, 64, 24)]
    public void Disagreeing_tiles_are_blended_without_a_step(int width, int side, int overlap)
    {
        (ScoredPicture scored, TileGrid grid) = Score(width, width, side, overlap, side, (tile, _) => tile % 2 == 0 ? 1 : 0);
        float[] map = scored.Map.ToArray();
        Assert.True(grid.Columns > 2);
        Assert.True(map.Max() > 0.95f && map.Min() < 0.05f, "the tiles should show in their middles");
        // The steepest step of sin^2 over the overlap, where tiles in both directions change.
        double steepest = 2 * Math.PI / 2 / overlap;
        for (int y = 0; y < width; y++)
        {
            for (int x = 1; x < width; x++)
            {
                Assert.InRange(Math.Abs(map[(y * width) + x] - map[(y * width) + x - 1]), 0, steepest);
                Assert.InRange(Math.Abs(map[(x * width) + y] - map[((x - 1) * width) + y]), 0, steepest);
            }
        }
    }

    /// <summary>What one tile shows is where the picture has it: a ramp over the picture comes back as that ramp.</summary>
    [Fact]
    public void A_smooth_map_comes_back_at_its_place()
    {
        const int width = 150;
        const int side = 40;
        (ScoredPicture scored, _) = Score(width, 90, side, 15, side, (_, value) => value);
        float[] map = scored.Map.ToArray();
        using Image picture = Ramp(width, 90);
        for (int i = 0; i < map.Length; i++)
        {
            Assert.Equal(picture.Samples8![i] / 255f, map[i], 1e-5f);
        }

        Assert.Equal(map.Max(), scored.Score, 1e-6f);
    }

    [Fact]
    public void Tiles_outside_of_the_region_are_passed_over()
    {
        JudgedRegion region = Region("0,0,200,40;0,160,40,40", 200, 200);
        var frame = new PictureFrame(Input(16), region, new TileSettings(40, 10, false));
        FrameView view = frame.ViewOf(200, 200);
        using var detector = new PlainDetector(16, (_, value) => value);
        using var set = new DetectorSet(detector);
        using var scope = new TensorScope();
        using Image picture = Ramp(200, 200);
        ScoredPicture scored = new PictureScorer(set, frame).Score(picture, scope);
        Assert.Equal(view.JudgedTiles().Count(), detector.Scored);
        Assert.InRange(detector.Scored, 7, view.Grid!.Value.Count - 10);
        float[] map = scored.Map.ToArray();
        for (int i = 0; i < map.Length; i++)
        {
            Assert.Equal(scored.Judged.Span[i] == 0, float.IsNaN(map[i]));
        }

        Assert.Contains((byte)0, scored.Judged.ToArray());
        Assert.True(float.IsFinite(scored.Score) && float.IsFinite(scored.LargestMapValue));
    }

    /// <summary>
    /// The first tile varies much and scores high, the others little: a faint defect in the last tile is hidden by the largest score, and
    /// shows as a deviation from what good parts score there. Good pictures are judged by what the others say.
    /// </summary>
    [Fact]
    public void A_hard_tile_does_not_hide_a_defect_in_an_easy_one_when_scores_are_standardised()
    {
        var frame = new PictureFrame(Input(40), null, new TileSettings(40, 0, false));
        using var set = new DetectorSet(new PlainDetector(40, (_, value) => value));
        int[] bright = [200, 220, 190, 230, 210, 195];
        DatasetItem[] good = [.. bright.Select((value, i) => new OneItem(Steps(value, 50 + (i % 2), 50 + (i % 3))))];
        using Image bad = Steps(205, 50, 75);
        var plain = new PictureScorer(set, frame);
        using var scope = new TensorScope();
        Assert.True(plain.Score(bad, scope).Score < plain.Score(good[3].LoadImage(), scope).Score);

        (TileLevels levels, IEnumerable<ScoredPicture> pictures) = plain.ScoreByLevels(good, TestContext.Current.CancellationToken)!.Value;
        Assert.Equal((3, 1), (levels.Columns, levels.Rows));
        float largest = float.NegativeInfinity;
        float largestMap = float.NegativeInfinity;
        foreach (ScoredPicture scored in pictures)
        {
            largest = Math.Max(largest, scored.Score);
            largestMap = Math.Max(largestMap, scored.LargestMapValue);
        }

        var scorer = new PictureScorer(set, frame, levels);
        ScoredPicture found = scorer.Score(bad, scope);
        Assert.True(found.Score > 2 * largest && found.LargestMapValue > 2 * largestMap, $"{found.Score} of {largest}, {found.LargestMapValue} of {largestMap}");
        int most = found.Map.ToArray().AsSpan().IndexOf(found.LargestMapValue);
        Assert.InRange(most % 120, 80, 119);
        // The picture with the brightest first tile stands out among the others, more than among all.
        Assert.True(plain.ScoreByLevels(good, default)!.Value.Pictures.ElementAt(3).Score > scorer.Score(good[3].LoadImage(), scope).Score);

        using Image wide = Ramp(200, 40);
        Assert.True(float.IsFinite(scorer.Score(wide, scope).Score));
        Assert.Equal(levels.Values, TileLevels.From(3, 1, levels.Values)!.Values);
        Assert.Null(TileLevels.From(2, 1, levels.Values));
        Assert.Null(TileLevels.From(3, 1, [.. levels.Values.Select(_ => 0f)]));
        Assert.Null(TileLevels.From(3, 1, [.. levels.Values.Select(_ => float.NaN)]));
    }

    /// <summary>Pixels so few that the nearest rule passes them over are judged all the same, in every tile that holds one.</summary>
    [Fact]
    public void A_single_judged_pixel_is_enough_for_a_tile()
    {
        JudgedRegion region = Region("3,3,1,1;90,95,1,1;196,197,1,1;0,0,1,1;199,199,1,1;120,10,12,12", 200, 200);
        FrameView view = new PictureFrame(Input(8), region, new TileSettings(64, 16, false)).ViewOf(200, 200);
        var mask = new byte[64];
        foreach (int tile in view.JudgedTiles())
        {
            Assert.False(view.MaskTile(tile, 8, mask));
            Assert.Contains((byte)1, mask);
        }
    }

    [Fact]
    public void Training_sees_every_tile_once_an_epoch_and_a_picture_together()
    {
        using Image first = Ramp(100, 80);
        using Image second = Ramp(60, 130);
        DatasetItem[] items = [new OneItem(first), new OneItem(second)];
        var frame = new PictureFrame(Input(8), null, new TileSettings(40, 10, false));
        using var source = new TileSource(items, frame);
        Assert.Equal((3 * 3) + (2 * 4), source.Count);
        int[] order = source.Shuffle(new RandomStream(1, "order"));
        Assert.Equal(Enumerable.Range(0, source.Count), order.Order());
        Assert.Equal(order, source.Shuffle(new RandomStream(1, "order")));
        Assert.NotEqual(order, source.Shuffle(new RandomStream(2, "order")));

        int seen = 0;
        foreach (PictureBatch batch in source.Read(order, 5, TestContext.Current.CancellationToken))
        {
            Assert.True(batch.Judged.IsEmpty);
            seen += batch.Images.Shape[0];
        }

        Assert.Equal(source.Count, seen);
        using var one = new TileSource([items[0]], frame, position: 4);
        Assert.Equal(1, one.Count);
    }

    [Theory]
    [InlineData("tile=0.5", "whole number")]
    [InlineData("tile=-64", "whole number")]
    [InlineData("tile=99999999999", "whole number")]
    [InlineData("tile=31", "32 and more")]
    [InlineData("tile=64,tile-overlap=33", "at most 32")]
    [InlineData("tile-model=per-position", "needs tiles")]
    [InlineData("tile=64,framing=crop", "framing=whole")]
    public void Options_that_do_not_fit_together_are_refused(string settings, string words)
    {
        // The others have neither framing nor a network for each position.
        foreach (DetectorEntry entry in DetectorCatalog.Entries.Where(entry => entry.Options.Create("default", []).Values.ContainsKey("framing")))
        {
            Assert.Contains(words, Assert.Throws<OptionException>(() => TileSettings.From(entry.Options.Create("default", settings.Split(',')))).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_detector_takes_tiles()
    {
        foreach (DetectorEntry entry in DetectorCatalog.Entries)
        {
            TileSettings tiles = TileSettings.From(entry.Options.Create("default", ["tile=64", "tile-overlap=8", "tile-score=standardised"]))!;
            Assert.Equal((64, 8, false, true), (tiles.Side, tiles.Overlap, tiles.IsPerPosition, tiles.IsStandardised));
        }
    }

    [Fact]
    public void Too_many_positions_are_refused()
    {
        var frame = new PictureFrame(Input(8), null, new TileSettings(32, 16, true));
        Assert.Contains("at most 256", Assert.Throws<OptionException>(() => TilePositions.Of(frame, 4000, 4000)).Message, StringComparison.Ordinal);
        Assert.Equal(9, TilePositions.Of(frame, 64, 64).Length);
    }

    private static (ScoredPicture Scored, TileGrid Grid) Score(int width, int height, int side, int overlap, int model, Func<int, float, float> map)
    {
        var frame = new PictureFrame(Input(model), null, new TileSettings(side, overlap, false));
        var detector = new PlainDetector(model, map);
        using Image picture = Ramp(width, height);
        var scope = new TensorScope();
        ScoredPicture scored = new PictureScorer(new DetectorSet(detector), frame).Score(picture, scope);
        return (scored, frame.ViewOf(width, height).Grid!.Value);
    }

    private static Preprocessing Input(int side) => new() { Width = side, Height = side, Channels = 1 };

    private static JudgedRegion Region(string rectangles, int width, int height)
    {
        Assert.True(RegionSource.TryParse(rectangles, out RegionSource? source, out _));
        return JudgedRegion.Make(source, null, width, height)!;
    }

    private static Image Steps(params int[] values)
    {
        var samples = new byte[values.Length * 40 * 40];
        for (int i = 0; i < samples.Length; i++)
        {
            samples[i] = (byte)values[i % (values.Length * 40) / 40];
        }

        return new Image(values.Length * 40, 40, 1, samples);
    }

    private static Image Ramp(int width, int height)
    {
        var samples = new byte[width * height];
        for (int i = 0; i < samples.Length; i++)
        {
            samples[i] = (byte)((i % width) + (i / width / 2));
        }

        return new Image(width, height, 1, samples);
    }

    /// <summary>A detector whose map is a function of the tile's number and of the input's value.</summary>
    private sealed class PlainDetector(int side, Func<int, float, float> map) : IDetector
    {
        public int Scored { get; private set; }

        public string Id => "plain";

        public OptionSet Options => throw new NotSupportedException();

        public Preprocessing Preprocessing => Input(side);

        public int MapWidth => side;

        public int MapHeight => side;

        public IReadOnlyList<Parameter> Parameters => [];

        public IReadOnlyList<KeyValuePair<string, Tensor>> Buffers => [];

        public SortedDictionary<string, double> Statistics { get; } = [];

        public Detection.Models.TrainingOutcome Fit(IPictureSource fit, IPictureSource validation, TrainingControl control) => throw new NotSupportedException();

        public void Score(Tensor images, ReadOnlySpan<byte> judged, Span<float> imageScores, Tensor maps)
        {
            for (int b = 0; b < images.Shape[0]; b++, Scored++)
            {
                ReadOnlySpan<float> input = images[b].Span;
                Span<float> output = maps[b].Span;
                for (int i = 0; i < output.Length; i++)
                {
                    output[i] = map(Scored, input[i]);
                }

                imageScores[b] = JudgedMaximum(output, judged.IsEmpty ? judged : judged.Slice(b * output.Length, output.Length));
            }
        }

        public void Dispose()
        {
        }

        private static float JudgedMaximum(ReadOnlySpan<float> values, ReadOnlySpan<byte> judged)
        {
            float largest = float.NegativeInfinity;
            for (int i = 0; i < values.Length; i++)
            {
                largest = judged.IsEmpty || judged[i] != 0 ? MathF.Max(largest, values[i]) : largest;
            }

            return largest;
        }
    }

    private sealed class OneItem(Image picture) : DatasetItem
    {
        public override string RelativePath => "made-up.png";

        public override bool IsDefective => false;

        public override string DefectKind => GoodKind;

        public override bool HasMask => false;

        public override PictureFormat Identify() => new(picture.Width, picture.Height, picture.Channels, picture.BitDepth);

        public override Image LoadImage() => new(picture.Width, picture.Height, picture.Channels, picture.Samples8!);

        public override Image? LoadMask() => null;
    }
}
