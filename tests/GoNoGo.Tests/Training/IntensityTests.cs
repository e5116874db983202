using GoNoGo.Detection.Detectors;
using GoNoGo.Detection.Models;
using GoNoGo.Detection.Options;
using GoNoGo.Inspecting;
using GoNoGo.Tensors.Formats.Safetensors;
using GoNoGo.Tensors.Parallel;
using GoNoGo.Testing.SyntheticData;
using GoNoGo.Training;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Png;

namespace GoNoGo.Tests.Training;

/// <summary>What training makes of the option <c>intensity</c>.</summary>
public sealed class IntensityTests : IDisposable
{
    private static readonly string[] Tiny = ["size=32", "channels=1", "latent=4", "max-epochs=2", "batch-size=4"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_auto_found_is_stored_and_the_bytes_do_not_depend_on_threads()
    {
        TwelveBitLine.Write(_folder["line"], ".png", picture => PngEncoder.Encode(picture), good: 12, bad: 1);
        int threads = Workers.ThreadCount;
        try
        {
            byte[][] models = [.. new[] { 1, 2, 5 }.Select(count =>
            {
                Workers.ThreadCount = count;
                return Train("auto" + count, "auto");
            })];
            Assert.Equal(models[0], models[1]);
            Assert.Equal(models[0], models[2]);

            // The marks at 200 and 4000 are an eighth of the samples; a tenth of their span is added to either side.
            Manifest manifest = ModelFile.ReadManifest(_folder["auto1.gonogo"]);
            Assert.Equal(new IntensityRange(0, 4380, 16), manifest.Preprocessing.Intensity);
            Assert.Equal("0..4380@16", manifest.Options["intensity"]);
            Assert.Equal([16], manifest.TrainingData.BitDepths!);
            Assert.Equal(models[0], Train("given", "0..4380"));
        }
        finally
        {
            Workers.ThreadCount = threads;
        }
    }

    [Fact]
    public void Auto_sees_the_quantiles_of_the_fitted_pictures_and_leaves_room()
    {
        // 0.1 % of 100 x 100 samples are 10: the eleventh from either end counts.
        var samples = new ushort[10_000];
        Array.Fill(samples, (ushort)2000);
        samples.AsSpan(0, 10).Fill(7);
        samples.AsSpan(10, 5).Fill(1000);
        samples.AsSpan(20, 10).Fill(60000);
        samples.AsSpan(30, 5).Fill(3005);
        Assert.Equal(new IntensityRange(799, 3206, 16), Find(new Image(100, 100, 1, samples)));

        // A dark field: all but ten samples are alike, so the extremes count.
        samples.AsSpan(0, 35).Fill(2000);
        samples[5] = 2100;
        Assert.Equal(new IntensityRange(1990, 2110, 16), Find(new Image(100, 100, 1, samples)));
        Array.Fill(samples, (ushort)5);
        Assert.Null(Find(new Image(100, 100, 1, samples)));

        Assert.Equal(new IntensityRange(0, 255, 8), Find(new Image(2, 1, 1, [(byte)3, 250])));
        IntensityRange floats = Find(new Image(3, 1, 1, [-2f, 0f, 8f]))!;
        Assert.Equal(32, floats.BitDepth);
        Assert.Equal(-3, floats.Black, 0.01);
        Assert.Equal(9, floats.White, 0.01);
    }

    [Theory]
    [InlineData(0, 4095, true)]
    [InlineData(60000, 65535, true)]
    [InlineData(100, 20000, false)]
    public void Full_scale_that_is_hardly_used_is_told(int low, int high, bool told)
    {
        var notes = new List<string>();
        OptionSet options = DetectorCatalog.Find("autoencoder").Options.Create();
        Assert.Same(options, IntensityFinder.Resolve(options, [new OneItem(new Image(2, 1, 1, [(ushort)low, (ushort)high]))], [16], null, notes, default));
        Assert.Equal(told ? 1 : 0, notes.Count(note => note.Contains("intensity=auto", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(0f, 1f, false)]
    [InlineData(-0.1f, 1.2f, false)]
    [InlineData(0f, 900f, true)]
    [InlineData(0f, 0.01f, true)]
    public void Floats_far_from_0_to_1_are_told(float low, float high, bool told)
    {
        var notes = new List<string>();
        IntensityFinder.Resolve(DetectorCatalog.Find("autoencoder").Options.Create(), [new OneItem(new Image(2, 1, 1, [low, high]))], [32], null, notes, default);
        Assert.Equal(told ? 1 : 0, notes.Count);
    }

    [Fact]
    public void Depths_and_ranges_that_do_not_fit_are_refused()
    {
        Assert.Equal("1..2@8", Resolve("1..2", 8));
        Assert.Equal("-0.5..2@32", Resolve("-0.5..2", 32));
        Assert.Equal("full", Resolve("full", 8, 16));
        Assert.Contains("from 0 to 255", Assert.Throws<OptionException>(() => Resolve("0..256", 8)).Message, StringComparison.Ordinal);
        Assert.Contains("16-bit samples from 0 to 65535", Assert.Throws<OptionException>(() => Resolve("-1..256", 16)).Message, StringComparison.Ordinal);
        Assert.Contains("16-bit", Assert.Throws<OptionException>(() => Resolve("1..2@8", 16)).Message, StringComparison.Ordinal);
        Assert.Contains("8 and 16 bits", Assert.Throws<DatasetException>(() => Resolve("1..2", 8, 16)).Message, StringComparison.Ordinal);

        static string Resolve(string value, params int[] depths) => IntensityFinder.Resolve(
            DetectorCatalog.Find("autoencoder").Options.Create("default", ["intensity=" + value]), [new OneItem(new Image(1, 1, 1, [(byte)0]))], depths, null, [], default)["intensity"];
    }

    [Fact]
    public void Models_that_do_not_know_their_depth_judge_without_a_word()
    {
        TwelveBitLine.Write(_folder["line"], ".png", picture => PngEncoder.Encode(picture), good: 8, bad: 1);
        Train("new", "full");
        Manifest manifest = ModelFile.ReadManifest(_folder["new.gonogo"]);
        manifest.Options.Remove("intensity");
        ModelFile.Rewrite(_folder["new.gonogo"], _folder["old.gonogo"], manifest with { TrainingData = manifest.TrainingData with { BitDepths = null } });
        using (SafetensorsReader reader = SafetensorsReader.Open(_folder["old.gonogo"]))
        {
            Assert.DoesNotContain("bitDepths", reader.Metadata["gonogo"], StringComparison.Ordinal);
            Assert.DoesNotContain("intensity", reader.Metadata["gonogo"], StringComparison.Ordinal);
        }

        string eight = _folder.File("eight.png", TestPictures.Png(TwelveBitLine.Size, TwelveBitLine.Size, 1));
        using Inspector old = Inspector.Load(_folder["old.gonogo"], threshold: 1);
        using Inspector current = Inspector.Load(_folder["new.gonogo"], threshold: 1);
        Assert.Empty(old.InspectAll([eight]).Single().Differences);
        Assert.Equal(["8-bit samples, trained on 16-bit"], current.InspectAll([eight]).Single().Differences);
        Assert.Equal(current.Inspect(eight).Score, old.Inspect(eight).Score);
    }

    [Fact]
    public void A_frame_of_another_depth_than_the_range_is_refused_by_name()
    {
        TwelveBitLine.Write(_folder["line"], ".png", picture => PngEncoder.Encode(picture), good: 8, bad: 1);
        Train("ranged", TwelveBitLine.Intensity["intensity=".Length..]);
        using Inspector inspector = Inspector.Load(_folder["ranged.gonogo"], threshold: 1);
        string message = Assert.Throws<ImageFormatException>(() => inspector.Inspect(new byte[48 * 48], 48, 48, PixelLayout.Gray8, name: "camera 3")).Message;
        Assert.StartsWith("camera 3: the picture has 8-bit samples", message, StringComparison.Ordinal);
        Assert.True(float.IsFinite(inspector.Inspect(new ushort[48 * 48], 48, 48, PixelLayout.Gray16).Score));
    }

    private static IntensityRange? Find(Image picture)
    {
        var notes = new List<string>();
        IntensityRange? range = IntensityFinder.Find([new OneItem(picture)], picture.BitDepth, null, ImageDecoderOptions.Default, notes, default);
        Assert.Single(notes);
        return range;
    }

    private byte[] Train(string name, string intensity)
    {
        string output = _folder[name + ".gonogo"];
        Trainer.Run(new TrainRequest(_folder["line"], output) { Detector = "autoencoder", Settings = [.. Tiny, "intensity=" + intensity] });
        return File.ReadAllBytes(output);
    }

    /// <summary>A picture in memory.</summary>
    private sealed class OneItem(Image picture) : DatasetItem
    {
        public override string RelativePath => "one";

        public override bool IsDefective => false;

        public override string DefectKind => GoodKind;

        public override bool HasMask => false;

        public override PictureFormat Identify() => new(picture.Width, picture.Height, picture.Channels, picture.BitDepth);

        public override Image LoadImage() => picture;

        public override Image? LoadMask() => null;
    }
}
