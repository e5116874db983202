using System.Text.Json;
using GoNoGo.Detection.Models;
using GoNoGo.Detection.Training;
using GoNoGo.Inspecting;
using GoNoGo.Testing.SyntheticData;
using GoNoGo.Training;
using GoNoGo.Vision.Datasets.Synthetic;
using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Png;

namespace GoNoGo.EndToEnd.Tests;

/// <summary>Pictures of 192 x 192 judged in tiles of 64, from training to the heat map.</summary>
public sealed class TileTests : IDisposable
{
    private static readonly string[] Settings =
        ["--detector", "autoencoder", "--set", "size=32", "--set", "latent=12", "--set", "batch-size=8", "--set", "learning-rate=0.002", "--set", "tile=64", "--set", "tile-overlap=16"];

    private readonly TemporaryFolder _folder = new();

    public TileTests() => ProductLine.Write(
        Data, new ProductLineOptions { Size = 192, TrainGood = 10, TestGood = 2, TestDefective = 1, Seed = 5 });

    private string Data => _folder["line"];

    private string Good => Path.Combine(Data, "test", "good", "000.png");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("shared")]
    [InlineData("per-position")]
    public void A_small_defect_in_a_large_picture_is_found_at_its_place(string tileModel)
    {
        string data = Sheets();
        string model = _folder["sheet.gonogo"];
        Gonogo.Do([.. Args(tileModel, "4", model), "--data", data]);
        string bad = Path.Combine(data, "bad", "spot", "0.png");
        using Inspector inspector = Inspector.Load(model);
        Inspection found = inspector.Inspect(bad);
        Assert.Equal(Verdict.NoGo, found.Verdict);
        Assert.Equal((96, 96), (found.Map.Width, found.Map.Height));
        Assert.Equal(new MapRegion(0, 0, 192, 192), found.Map.Region);
        int most = found.Map.Values.AsSpan().IndexOf(found.Map.Values.Max());
        Assert.InRange(2 * (most % 96), 128, 139);
        Assert.InRange(2 * (most / 96), 68, 79);

        InspectionOutcome outcome = inspector.InspectAll([bad]).Single();
        Assert.Equal(found.Score, outcome.Inspection!.Score);
        Assert.Equal(found.Map.Values, outcome.Inspection.Map.Values);
        Assert.Equal(96 * 96 * 3, outcome.Rgb!.Length);
        Assert.True(outcome.Rgb[3 * ((37 * 96) + 67)] > 240, "the square is not white in the picture");

        foreach (string[] more in new[] { Array.Empty<string>(), ["--map-size", "native"] })
        {
            using JsonDocument json = JsonDocument.Parse(Gonogo.Do(["evaluate", model, "--data", data, "--json", .. more]).Out);
            Assert.Equal(JsonValueKind.Number, json.RootElement.GetProperty("aupro_0.3").ValueKind);
            Assert.Equal(more.Length > 0 ? "native" : "tiles 64->32", json.RootElement.GetProperty("map_size").GetString());
        }

        Gonogo.Do("evaluate", model, "--data", data, "--report", _folder["report"]);
        Assert.Contains(Gonogo.Run("inspect", model, bad, "--heatmaps", _folder["heat"]).Code, new[] { 0, 3 });
        using Image heat = ImageDecoder.Load(Directory.EnumerateFiles(_folder["heat"]).Single());
        Assert.Equal((96, 96), (heat.Width, heat.Height));
        Assert.Contains("parameters", Gonogo.Do("info", model).Out, StringComparison.Ordinal);
    }

    /// <summary>With Adam's weight decay the network would give the mean picture for ever.</summary>
    [Fact]
    public void Training_on_tiles_learns()
    {
        var losses = new List<double>();
        string model = _folder["learned.gonogo"];
        TrainRequest request = new(Data, model)
        {
            Detector = "autoencoder",
            Settings = ["size=32", "latent=24", "batch-size=8", "learning-rate=0.002", "max-epochs=5", "tile=64"],
        };
        Trainer.Run(request, report =>
        {
            if (report.IsEpochEnd)
            {
                losses.Add(report.Losses["loss"]);
            }
        }, TestContext.Current.CancellationToken);
        Assert.True(losses[^1] < 0.5 * losses[0], $"losses {string.Join(", ", losses)}");
        using Inspector inspector = Inspector.Load(model);
        float good = Directory.EnumerateFiles(Path.Combine(Data, "test", "good")).Max(path => inspector.Inspect(path).Score);
        Assert.True(inspector.Inspect(Painted(Good, "painted.png", 90, 90, 30)).Score > 1.5f * good);
    }

    [Fact]
    public void Standardised_scores_are_stored_and_need_held_out_pictures_of_one_size()
    {
        string model = Train("shared", "1", "--set", "tile-score=standardised", "--set", "split=0.6");
        using (LoadedModel loaded = ModelFile.Load(model))
        {
            Assert.Equal((4, 4), (loaded.Calibration.TileLevels!.Columns, loaded.Calibration.TileLevels.Rows));
        }

        using (Inspector inspector = Inspector.Load(model, 0))
        {
            Inspection good = inspector.Inspect(Good);
            Inspection bad = inspector.Inspect(Painted(Good, "painted.png", 90, 90, 30));
            Assert.True(bad.Score > good.Score + 2 && bad.Map.Values.Max() > good.Map.Values.Max(), $"{bad.Score} of {good.Score}");
        }

        Outcome few = Gonogo.Do([.. Args("shared", "1", _folder["few.gonogo"]), "--data", Data, "--set", "tile-score=standardised"]);
        Assert.Contains("at least 4 held-out good pictures, there are 2", few.Out + few.Error, StringComparison.Ordinal);
        Assert.Null(ModelFile.ReadCalibration(_folder["few.gonogo"]).TileLevels);
    }

    [Fact]
    public void Pictures_of_other_sizes_are_judged_by_a_shared_network_only()
    {
        string wide = _folder.File("wide.png", TestPictures.Png(300, 40));
        using (Inspector inspector = Inspector.Load(Train("shared", "1"), 0))
        {
            AnomalyMap map = inspector.Inspect(wide).Map;
            Assert.Equal((150, 20), (map.Width, map.Height));
            Assert.All(map.Values, value => Assert.True(float.IsFinite(value)));
        }

        string model = Train("per-position", "1");
        Gonogo.Refused(1, ["wide.png", "300 x 40", "pictures of 192 x 192", "tile-model=shared"], "inspect", model, wide, "--threshold", "1");
        _folder.File("line/train/good/other.png", TestPictures.Png(192, 200));
        Gonogo.Refused(2, ["needs training pictures of one size", "tile-model=shared"], [.. Args("per-position", "1", _folder["none.gonogo"]), "--data", Data]);
    }

    [Fact]
    public void Tiles_and_an_ignored_region_work_together()
    {
        string model = Train("shared", "1", "--ignore", "100,40,60,60", "--roi", "20,20,160,160");
        using Inspector inspector = Inspector.Load(model, 0);
        Inspection good = inspector.Inspect(Good);
        Assert.Equal(new MapRegion(20, 20, 160, 160), good.Map.Region);
        Assert.Equal(30 * 30, good.Map.Values.Count(float.IsNaN));
        Inspection hidden = inspector.Inspect(Painted(Good, "hidden.png", 120, 60, 20));
        Assert.Equal(good.Score, hidden.Score);
        Assert.Equal(good.Map.Values, hidden.Map.Values);
        Assert.NotEqual(good.Map.Values, inspector.Inspect(Painted(Good, "seen.png", 40, 60, 20)).Map.Values);
        Gonogo.Do("evaluate", model, "--data", Data);
    }

    [Theory]
    [InlineData("shared")]
    [InlineData("per-position")]
    public void An_interrupted_training_goes_on_to_the_same_bytes(string tileModel)
    {
        TrainRequest request = new(Data, _folder["whole.gonogo"])
        {
            Detector = "autoencoder",
            Settings = ["size=32", "latent=4", "batch-size=4", "max-epochs=2", "tile=128", "tile-model=" + tileModel],
            Region = "0,0,192,120",
        };
        Trainer.Run(request);
        TrainRequest stopped = request with { Output = _folder["stopped.gonogo"] };
        int stops = 0;
        for (bool ends = false; !ends;)
        {
            int after = 3;
            using var stop = new CancellationTokenSource();
            try
            {
                Trainer.Run(
                    stopped with { Resume = stops > 0 },
                    progress =>
                    {
                        if (!progress.IsEpochEnd && --after == 0)
                        {
                            stop.Cancel();
                        }
                    },
                    stop.Token);
                ends = true;
            }
            catch (OperationCanceledException)
            {
                stops++;
                Assert.True(Checkpoints.Exists(stopped.Output + Trainer.CheckpointExtension));
            }
        }

        Assert.InRange(stops, 2, 20);
        Assert.Equal(File.ReadAllBytes(request.Output), File.ReadAllBytes(stopped.Output));
        Assert.False(Directory.Exists(stopped.Output + Trainer.CheckpointExtension));
    }

    [Fact]
    public void Damaged_pictures_are_told_as_ever()
    {
        string model = Train("shared", "1");
        byte[] whole = File.ReadAllBytes(Good);
        _folder.File("some/1.png", whole);
        _folder.File("some/2.png", whole.AsSpan(0, whole.Length / 2));
        _folder.File("some/3.png", whole);
        Outcome skipped = Gonogo.Run("inspect", model, _folder["some"], "--threshold", "1e9", "--json", "--skip-damaged");
        Assert.Equal(1, skipped.Code);
        Assert.Equal(3, skipped.OutLines.Length);
        Assert.Contains("2.png", skipped.OutLines[1], StringComparison.Ordinal);
        Assert.Contains("\"error\":null", skipped.OutLines[2].Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    /// <summary>A manifest that was tampered with is refused in one sentence, whatever it says.</summary>
    [Fact]
    public void Hostile_manifests_are_refused()
    {
        string model = Train("per-position", "1", "--ignore", "100,40,60,60");
        Manifest good = ModelFile.ReadManifest(model);
        foreach ((string option, string value) in new[]
        {
            ("tile", "0.5"), ("tile", "-64"), ("tile", "99999999999"), ("tile", "5"), ("tile", "32"), ("tile", "8192"), ("tile", "65535"), ("tile-overlap", "40"),
            ("tile-overlap", "-1"), ("tile-model", "both"), ("tile-model", "shared"), ("framing", "crop"),
        })
        {
            Refused(good with { Options = new(good.Options, StringComparer.Ordinal) { [option] = value } });
        }

        StoredRegion region = good.Region!;
        foreach (StoredRegion other in new[]
        {
            region with { Width = 0 }, region with { Width = -192 }, region with { Height = int.MaxValue, Width = int.MaxValue }, region with { Width = 191 },
            region with { Box = [] }, region with { Box = [0, 0, 5, 5] }, region with { Pixels = 1 }, region with { Width = 96, Height = 384 },
        })
        {
            Refused(good with { Region = other });
        }

        Refused(good with { Region = null });
        foreach (int[] sizes in new int[][] { [0, 0], [-5, -5], [192, 193], [int.MaxValue, int.MaxValue], [40, 40], [192, 192, 192] })
        {
            Refused(good with { TrainingData = good.TrainingData with { Widths = sizes } });
        }

        void Refused(Manifest manifest)
        {
            string hostile = _folder["hostile.gonogo"];
            ModelFile.Rewrite(model, hostile, manifest);
            Gonogo.Refused(1, ["hostile.gonogo"], "inspect", hostile, Good, "--threshold", "1");
        }
    }

    private string Train(string tileModel, string epochs, params string[] more)
    {
        string path = _folder[$"{tileModel}.gonogo"];
        Gonogo.Do([.. Args(tileModel, epochs, path), "--data", Data, .. more]);
        return path;
    }

    private string[] Args(string tileModel, string epochs, string output) =>
        ["train", "--output", output, .. Settings, "--set", "tile-model=" + tileModel, "--epochs", epochs, "--force"];

    /// <summary>Even gray sheets with noise, and one with a white spot of 8 x 8 pixels: 0.17 % of the picture.</summary>
    private string Sheets()
    {
        var random = new Random(8);
        for (int i = 0; i < 13; i++)
        {
            var samples = new byte[192 * 192];
            for (int at = 0; at < samples.Length; at++)
            {
                samples[at] = (byte)(140 + random.Next(9));
            }

            using var sheet = new Image(192, 192, 1, samples);
            if (i < 12)
            {
                _folder.File($"sheets/good/{i}.png", PngEncoder.Encode(sheet));
                continue;
            }

            var mask = new byte[192 * 192];
            for (int y = 70; y < 78; y++)
            {
                samples.AsSpan((y * 192) + 130, 8).Fill(255);
                mask.AsSpan((y * 192) + 130, 8).Fill(255);
            }

            using var truth = new Image(192, 192, 1, mask);
            _folder.File("sheets/bad/spot/0.png", PngEncoder.Encode(sheet));
            _folder.File("sheets/masks/spot/0.png", PngEncoder.Encode(truth));
        }

        return _folder["sheets"];
    }

    private string Painted(string picture, string name, int left, int top, int side)
    {
        using Image image = ImageDecoder.Load(picture);
        for (int y = top; y < top + side; y++)
        {
            image.Samples8.AsSpan(((y * image.Width) + left) * 3, side * 3).Fill(255);
        }

        return _folder.File(name, PngEncoder.Encode(image));
    }
}
