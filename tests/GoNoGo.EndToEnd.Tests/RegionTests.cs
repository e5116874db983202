using System.Text.Json;
using GoNoGo.Detection.Models;
using GoNoGo.Inspecting;
using GoNoGo.Testing.SyntheticData;
using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Png;

namespace GoNoGo.EndToEnd.Tests;

/// <summary>A region of interest and an ignored label, from training to the heat map. The label of the part lies at 22,48 to 42,54.</summary>
public sealed class RegionTests(SampleLine line) : IDisposable
{
    private const string Label = "20,46,24,10";
    private static readonly string[] Autoencoder = ["--detector", "autoencoder", "--set", "size=64", "--set", "latent=10", "--set", "batch-size=4", "--set", "learning-rate=0.002"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("vtadl")]
    [InlineData("autoencoder")]
    public void A_defect_on_an_ignored_label_is_not_seen_and_one_beside_it_is(string detector)
    {
        string model = Train(detector, "--ignore", Label);
        string good = Path.Combine(line.Data, "test", "good", "000.png");
        string onLabel = Painted(good, "label.png", 26, 49, 10, 4);
        string beside = Painted(good, "beside.png", 12, 20, 12, 12);
        float score = Score(model, good);
        Assert.Equal(score, Score(model, onLabel));
        Assert.True(Score(model, beside) > score, "a white square on the flange is not more anomalous");

        string threshold = float.BitIncrement(score).ToString("R", System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(0, Gonogo.Run("inspect", model, good, onLabel, "--threshold", threshold).Code);
        Assert.Equal(3, Gonogo.Run("inspect", model, beside, "--threshold", threshold).Code);

        using Inspector inspector = Inspector.Load(model, 0);
        AnomalyMap clean = inspector.Inspect(good).Map;
        AnomalyMap dirty = inspector.Inspect(onLabel).Map;
        Assert.Equal(clean.Values, dirty.Values);
        Assert.Equal(24 * 10, clean.Values.Count(float.IsNaN));
        Assert.True(float.IsNaN(clean.Values[(50 * 64) + 30]));
    }

    [Fact]
    public void A_region_of_interest_is_all_that_the_model_sees()
    {
        string model = Train("autoencoder", "--roi", "8,8,48,32");
        string good = Path.Combine(line.Data, "test", "good", "001.png");
        Assert.Equal(Score(model, good), Score(model, Painted(good, "outside.png", 0, 45, 60, 15)));
        Assert.NotEqual(Score(model, good), Score(model, Painted(good, "inside.png", 20, 20, 4, 4)));

        using Inspector inspector = Inspector.Load(model, 0);
        Inspection inspection = inspector.Inspect(good);
        Assert.Equal(new MapRegion(8, 8, 48, 32), inspection.Map.Region);
        Assert.DoesNotContain(inspection.Map.Values, float.IsNaN);
        Assert.Equal(inspection.Score, inspector.InspectAll([good]).Single().Inspection!.Score);
        Assert.Equal([8, 8, 48, 32], inspector.Manifest.Region!.Box);

        // A picture of another size: the region scales with it.
        _folder.File("large.png", TestPictures.Png(128, 128));
        Assert.Equal(new MapRegion(16, 16, 96, 64), inspector.Inspect(_folder["large.png"]).Map.Region);
    }

    [Fact]
    public void The_data_folder_may_bring_its_mask_and_a_word_leaves_it_out()
    {
        string data = _folder["copy/line"];
        foreach (string file in Directory.EnumerateFiles(line.Data, "*.png", SearchOption.AllDirectories))
        {
            _folder.File(Path.Combine("copy/line", Path.GetRelativePath(line.Data, file)), File.ReadAllBytes(file));
        }

        _folder.File("copy/line/regions/ignore.png", Mask(64, 64, 20, 46, 24, 10));
        Outcome outcome = Gonogo.Do(["train", "--data", data, "--output", _folder["with.gonogo"], .. Autoencoder, "--epochs", "1"]);
        Assert.Contains("ignore.png' of the data set; --ignore none leaves it out", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("94.1 % of the pixels", outcome.Out, StringComparison.Ordinal);
        Assert.Contains("94.1 % of the pixels, in the box 0,0,64,64 of 64 x 64", Gonogo.Do("info", _folder["with.gonogo"]).Out, StringComparison.Ordinal);
        string without = _folder["without.gonogo"];
        Gonogo.Do(["train", "--data", data, "--output", without, .. Autoencoder, "--epochs", "1", "--ignore", "none"]);
        Assert.Null(ModelFile.ReadManifest(without).Region);

        string same = Train("autoencoder", "--ignore", Label, "--epochs", "1");
        Assert.Equal(File.ReadAllBytes(same), File.ReadAllBytes(_folder["with.gonogo"]));
    }

    [Fact]
    public void Evaluation_leaves_out_what_is_not_judged_and_says_so()
    {
        // The right half is ignored; the holes, and with them the missing ones, are in both.
        string model = Train("autoencoder", "--roi", "0,0,32,64", "--epochs", "1");
        foreach (string[] more in new[] { Array.Empty<string>(), ["--map-size", "native"] })
        {
            using JsonDocument json = JsonDocument.Parse(Gonogo.Do(["evaluate", model, "--data", line.Data, "--json", .. more]).Out);
            string[] notes = [.. json.RootElement.GetProperty("notes").EnumerateArray().Select(note => note.GetString()!)];
            Assert.Contains(notes, note => note.Contains("have their defect where the model does not judge", StringComparison.Ordinal));
            Assert.Equal(14, json.RootElement.GetProperty("pictures").GetArrayLength());
            Assert.Equal(JsonValueKind.Number, json.RootElement.GetProperty("aupro_0.3").ValueKind);
        }

        string ignoring = Train("autoencoder", "--ignore", Label, "--epochs", "1");
        Gonogo.Do("evaluate", ignoring, "--data", line.Data, "--map-size", "native");
        Gonogo.Do("evaluate", ignoring, "--data", line.Data, "--report", _folder["report"]);
        Assert.Contains("Hatched areas are not judged", File.ReadAllText(Directory.EnumerateFiles(_folder["report"], "*.html").Single()), StringComparison.Ordinal);
        Gonogo.Run("inspect", ignoring, Path.Combine(line.Data, "test", "good", "000.png"), "--heatmaps", _folder["heat"]);
        Assert.Single(Directory.EnumerateFiles(_folder["heat"]));
    }

    [Fact]
    public void An_interrupted_training_goes_on_to_the_same_bytes_and_another_region_is_refused()
    {
        string whole = Train("autoencoder", "--ignore", Label, "--epochs", "3");
        string model = _folder["stopped.gonogo"];
        string[] args = ["train", "--data", line.Data, "--output", model, .. Autoencoder, "--epochs", "3", "--ignore", Label];
        using (var stop = new CancellationTokenSource())
        {
            using var error = new StoppingWriter("epoch 1/3", stop);
            Assert.Equal(130, Cli.CommandLine.Run(args, TextWriter.Null, error, stop.Token));
        }

        string[] other = [.. args[..^1], "20,46,24,11", "--resume"];
        Gonogo.Refused(1, ["judged region: 64x64:", "--force"], other);
        Gonogo.Do([.. args, "--resume"]);
        Assert.Equal(File.ReadAllBytes(whole), File.ReadAllBytes(model));

        // Changing a threshold keeps the region.
        Gonogo.Do("threshold", model, "--value", "0.5");
        string good = Path.Combine(line.Data, "test", "good", "000.png");
        Assert.Equal(Score(whole, good), Score(model, good));
    }

    [Fact]
    public void Wrong_regions_are_refused_in_one_sentence()
    {
        string output = _folder["none.gonogo"];
        Gonogo.Refused(2, ["--roi", "'1,2,3' is no rectangle"], line.Train(output, "--roi", "1,2,3"));
        Gonogo.Refused(1, ["region of interest", "60,0,5,5", "64 x 64"], line.Train(output, "--roi", "60,0,5,5"));
        Gonogo.Refused(1, ["no pixel is left to judge"], line.Train(output, "--ignore", "0,0,64,64"));
        Gonogo.Refused(1, ["missing.png", "no such file"], line.Train(output, "--ignore", _folder["missing.png"]));
        string text = _folder.File("text.png", "not a picture"u8);
        Gonogo.Refused(1, ["text.png"], line.Train(output, "--roi", text));
        Assert.False(File.Exists(output));
    }

    private string Train(string detector, params string[] more)
    {
        string path = _folder[$"{detector}-{Guid.NewGuid():N}.gonogo"];
        string[] settings = detector == "autoencoder" ? Autoencoder : SampleLine.Tiny;
        string[] epochs = more.Contains("--epochs") ? [] : ["--epochs", "6"];
        Gonogo.Do(["train", "--data", line.Data, "--output", path, .. settings, .. epochs, .. more]);
        return path;
    }

    private static float Score(string model, string picture)
    {
        using Inspector inspector = Inspector.Load(model, 0);
        return inspector.Inspect(picture).Score;
    }

    private string Painted(string picture, string name, int left, int top, int width, int height)
    {
        using Image image = ImageDecoder.Load(picture);
        for (int y = top; y < top + height; y++)
        {
            image.Samples8.AsSpan(((y * image.Width) + left) * 3, width * 3).Fill(255);
        }

        return _folder.File(name, PngEncoder.Encode(image));
    }

    private static byte[] Mask(int width, int height, int left, int top, int w, int h)
    {
        var samples = new byte[width * height];
        for (int y = top; y < top + h; y++)
        {
            samples.AsSpan((y * width) + left, w).Fill(255);
        }

        using var mask = new Image(width, height, 1, samples);
        return PngEncoder.Encode(mask);
    }

    /// <summary>Cancels when a line begins with the given words.</summary>
    private sealed class StoppingWriter(string words, CancellationTokenSource stop) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value!.StartsWith(words, StringComparison.Ordinal))
            {
                stop.Cancel();
            }
        }
    }
}
