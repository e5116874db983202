using System.Text.Json;
using GoNoGo.Detection.Models;
using GoNoGo.Testing.SyntheticData;
using GoNoGo.Vision.Datasets;

namespace GoNoGo.EndToEnd.Tests;

/// <summary>Detectors on a backbone through all verbs, with a ResNet-18 of made-up weights at a small input.</summary>
public sealed class BackboneModelTests : IDisposable
{
    private const string Variable = "GONOGO_WEIGHTS";

    private readonly SampleLine _line;
    private readonly TemporaryFolder _folder = new();
    private readonly string? _cache = Environment.GetEnvironmentVariable("GONOGO_CACHE");
    private readonly string? _store = Environment.GetEnvironmentVariable(Variable);

    public BackboneModelTests(SampleLine line)
    {
        _line = line;
        Environment.SetEnvironmentVariable("GONOGO_CACHE", _folder["cache"]);
        Environment.SetEnvironmentVariable(Variable, _folder["store"]);
        WriteWeights(_folder["weights.safetensors"], 7);
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("GONOGO_CACHE", _cache);
        Environment.SetEnvironmentVariable(Variable, _store);
        _folder.Dispose();
    }

    /// <summary>Other backbones: <see cref="CatalogTests"/>.</summary>
    [Theory]
    [InlineData("padim")]
    [InlineData("patchcore")]
    [InlineData("gmm")]
    [InlineData("gmm-em")]
    public void Every_verb_works(string detector)
    {
        string model = _folder["a.gonogo"];
        Outcome trained = Gonogo.Do(Train(detector, model));
        Assert.Contains("resnet18, layer1, layer2, weights in the model", trained.Out, StringComparison.Ordinal);
        Assert.Contains("16 fitted, 4 held out", trained.Out, StringComparison.Ordinal);
        using JsonDocument evaluation = JsonDocument.Parse(Gonogo.Do("evaluate", model, "--data", _line.Data, "--json").Out);
        Assert.InRange(evaluation.RootElement.GetProperty("auroc").GetDouble(), 0.500001, 1);
        Assert.Equal("64x64", evaluation.RootElement.GetProperty("map_size").GetString());
        Outcome inspected = Gonogo.Run("inspect", model, Path.Combine(_line.Data, "test"), "--heatmaps", _folder["heat"], "--json");
        Assert.True(inspected.Code is 0 or 3, inspected.Error);
        Gonogo.Do("threshold", model, "--false-reject-rate", "0.2");
        Assert.Contains("resnet18", Gonogo.Do("info", model).Out, StringComparison.Ordinal);
        using JsonDocument info = JsonDocument.Parse(Gonogo.Do("info", model, "--measure", "--json").Out);
        // Networks of 64 and 128 features with four Gaussians; the others learn nothing by gradients.
        long? published = detector == "gmm" ? (65 * 4) + (2 * 65 * 64 * 4) + (129 * 4) + (2 * 129 * 128 * 4) : null;
        Assert.Equal(published ?? 0, info.RootElement.GetProperty("trainable_parameters").GetInt64());
        JsonElement counted = info.RootElement.GetProperty("published_parameters");
        Assert.Equal(published, counted.ValueKind == JsonValueKind.Null ? null : counted.GetInt64());
        // Stem, two blocks of 64 and two of 128 channels with a shortcut convolution.
        Assert.Equal(9_536 + 147_968 + 525_568, info.RootElement.GetProperty("backbone_parameters").GetInt64());
        JsonElement measured = info.RootElement.GetProperty("measured");
        Assert.InRange(measured.GetProperty("median_seconds").GetDouble(), 1e-5, measured.GetProperty("slowest_seconds").GetDouble());
        Assert.InRange(measured.GetProperty("peak_bytes").GetInt64(), 10_000_000, 100_000_000_000);
        Assert.Contains("one picture", Gonogo.Do("info", model, "--measure").Out, StringComparison.Ordinal);
        using JsonDocument exported = JsonDocument.Parse(Gonogo.Do("export", model, "--onnx", _folder["a.onnx"], "--json").Out);
        Assert.InRange(exported.RootElement.GetProperty("score_error").GetDouble(), 0, 1e-5);
        Assert.InRange(exported.RootElement.GetProperty("map_error").GetDouble(), 0, 1e-5);

        // The second training takes its features from the cache and makes the same bytes but for the threshold changed above.
        string again = _folder["b.gonogo"];
        Gonogo.Do(Train(detector, again));
        string third = _folder["c.gonogo"];
        Environment.SetEnvironmentVariable("GONOGO_CACHE", "off");
        Gonogo.Do([.. Train(detector, third), "--threads", "1"]);
        Assert.Equal(File.ReadAllBytes(again), File.ReadAllBytes(third));
    }

    [Theory]
    [InlineData("padim")]
    [InlineData("patchcore")]
    public void Several_seeds_keep_the_first_and_compute_features_once(string detector)
    {
        string model = _folder["a.gonogo"];
        Outcome trained = Gonogo.Do([.. Train(detector, model), "--seed", "4", "--seeds", "2", "--json"]);
        Assert.Contains("no validation loss to choose by", trained.Error, StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse(trained.Out);
        Assert.Equal([4, 5], json.RootElement.GetProperty("seeds").EnumerateArray().Select(seed => seed.GetProperty("seed").GetInt32()));
        Assert.Equal(4, json.RootElement.GetProperty("seed").GetInt32());
        Assert.Equal(2, json.RootElement.GetProperty("spread").GetProperty("held_out_median").GetProperty("count").GetInt32());
        using JsonDocument cache = JsonDocument.Parse(Gonogo.Do("data", "cache", "--json").Out);
        Assert.Equal(2, cache.RootElement.GetProperty("sets").GetArrayLength());

        string alone = _folder["b.gonogo"];
        Gonogo.Do([.. Train(detector, alone), "--seed", "4"]);
        Assert.Equal(File.ReadAllBytes(alone), File.ReadAllBytes(model));
    }

    /// <summary>Found in one pass, but with a loss: the held-out pictures' mean negative log-likelihood.</summary>
    [Fact]
    public void Several_mixtures_are_compared_by_their_loss()
    {
        string model = _folder["a.gonogo"];
        Outcome trained = Gonogo.Do([.. Train("gmm-em", model), "--seed", "4", "--seeds", "3", "--json"]);
        Assert.DoesNotContain("no validation loss", trained.Error, StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse(trained.Out);
        (int Seed, double Loss)[] seeds = [.. json.RootElement.GetProperty("seeds").EnumerateArray().Select(seed => (seed.GetProperty("seed").GetInt32(), seed.GetProperty("best_loss").GetDouble()))];
        Assert.Equal(3, seeds.Select(seed => seed.Loss).Distinct().Count());
        Assert.Equal(seeds.MinBy(seed => seed.Loss), (json.RootElement.GetProperty("seed").GetInt32(), json.RootElement.GetProperty("best_loss").GetDouble()));
        Assert.Equal(3, json.RootElement.GetProperty("spread").GetProperty("best_loss").GetProperty("count").GetInt32());
        JsonElement[] log = [.. File.ReadAllLines(_folder["a.log.jsonl"]).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(seeds.Select(seed => seed.Loss), log.Where(line => line.GetProperty("event").GetString() == "seed").Select(line => line.GetProperty("best_loss").GetDouble()));
        Assert.Contains("loss", Gonogo.Do("info", model).Out, StringComparison.Ordinal);

        string alone = _folder["b.gonogo"];
        Assert.Contains("loss", Gonogo.Do([.. Train("gmm-em", alone), "--seed", $"{seeds.MinBy(seed => seed.Loss).Seed}"]).Out, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(alone), File.ReadAllBytes(model));
    }

    [Fact]
    public void Weights_that_are_not_in_the_model_are_found_or_named()
    {
        string model = _folder["a.gonogo"];
        Gonogo.Do([.. Train("padim", model), "--no-bundle-backbone"]);
        string refused = Gonogo.Refused(1, ["resnet18", "SHA-256", "gonogo weights import resnet18", "--weights"], "evaluate", model, "--data", _line.Data);
        Assert.Contains(_folder["store"], refused, StringComparison.Ordinal);
        Gonogo.Do("evaluate", model, "--data", _line.Data, "--weights", _folder["weights.safetensors"]);
        WriteWeights(_folder["other.safetensors"], 8);
        Gonogo.Refused(1, ["SHA-256", "other.safetensors"], "evaluate", model, "--data", _line.Data, "--weights", _folder["other.safetensors"]);
        Assert.Contains("not in the model", Gonogo.Do("info", model).Out, StringComparison.Ordinal);
        Gonogo.Do("weights", "import", "resnet18", _folder["weights.safetensors"]);
        Gonogo.Do("evaluate", model, "--data", _line.Data);
    }

    [Fact]
    public void Ranges_of_the_channels_are_found_and_stored()
    {
        string model = _folder["a.gonogo"];
        Outcome trained = Gonogo.Do([.. Train("padim", model), "--set", "input-scaling=minmax"]);
        using JsonDocument info = JsonDocument.Parse(Gonogo.Do("info", model, "--json").Out);
        JsonElement manifest = info.RootElement.GetProperty("manifest");
        string ranges = manifest.GetProperty("backbone").GetProperty("options").GetProperty("input-scaling").GetString()!;
        Assert.Equal(3, ranges.Split(',').Count(range => range.Contains("..", StringComparison.Ordinal)));
        Assert.Contains("input-scaling=minmax: the channels of the fitted pictures lie in " + ranges, trained.Error, StringComparison.Ordinal);
        Assert.Equal("minmax", manifest.GetProperty("preprocessing").GetProperty("scaling").GetString());
        Gonogo.Do("evaluate", model, "--data", _line.Data);

        // Given as numbers they make the same model.
        string again = _folder["b.gonogo"];
        Gonogo.Do([.. Train("padim", again), "--set", "input-scaling=" + ranges, "--threads", "1"]);
        Assert.Equal(File.ReadAllBytes(model), File.ReadAllBytes(again));
        Gonogo.Refused(2, ["minmax", "training finds"], "features", "--backbone", "resnet18", "--weights", _folder["weights.safetensors"], "--levels", "layer1", "--preset", "paper-text",
            Path.Combine(_line.Data, "test"), "--output", _folder["f.safetensors"]);
    }

    [Fact]
    public void Batch_statistics_of_the_published_code_are_learned_from_and_evaluated_but_not_inspected()
    {
        string model = _folder["a.gonogo"];
        string[] settings = ["--preset", "paper-code", "--set", "steps=2", "--set", "batch-size=5", "--epochs", "2"];
        Gonogo.Do([.. Train("flow", model), .. settings]);
        SortedDictionary<string, string> options = ModelFile.ReadManifest(model).Backbone!.Options;
        Assert.Equal(("train", "unit"), (options["backbone-mode"], options["input-scaling"]));

        string again = _folder["b.gonogo"];
        Gonogo.Do([.. Train("flow", again), .. settings, "--threads", "1"]);
        Assert.Equal(File.ReadAllBytes(model), File.ReadAllBytes(again));

        // The list of test pictures, shuffled as the published code shuffles it, in batches of five: the scores are those of these batches.
        string[] evaluate = ["evaluate", model, "--data", _line.Data, "--report", _folder["report"], "--json"];
        using JsonDocument evaluation = JsonDocument.Parse(Gonogo.Do(evaluate).Out);
        using JsonDocument repeated = JsonDocument.Parse(Gonogo.Do([.. evaluate, "--force", "--threads", "1"]).Out);
        string[] names = [.. Names(evaluation)];
        Assert.Equal(NormalSplit.Split(names.Length, 1).Fit.Select(index => names.Order(StringComparer.Ordinal).ElementAt(index)), names);
        Assert.Equal(Scores(evaluation), Scores(repeated));
        Assert.Contains(evaluation.RootElement.GetProperty("notes").EnumerateArray(), note => note.GetString()!.Contains("batches of 5 in the published order", StringComparison.Ordinal));
        Gonogo.Refused(1, ["statistics of the batch", "gonogo evaluate"], "inspect", model, Path.Combine(_line.Data, "test"), "--threshold", "0");
        Gonogo.Refused(2, ["statistics of the batch", "tiles"], [.. Train("flow", _folder["x.gonogo"]), .. settings, "--set", "tile=32", "--set", "tile-overlap=8"]);

        static IEnumerable<string> Names(JsonDocument found) => found.RootElement.GetProperty("pictures").EnumerateArray().Select(picture => picture.GetProperty("picture").GetString()!);
        static IEnumerable<double> Scores(JsonDocument found) => found.RootElement.GetProperty("pictures").EnumerateArray().Select(picture => picture.GetProperty("image_score").GetDouble());
    }

    [Fact]
    public void Presets_of_a_yardstick_leave_the_backbone_alone()
    {
        string model = _folder["a.gonogo"];
        Gonogo.Do([.. Train("padim", model), "--preset", "paper-code"]);
        using JsonDocument info = JsonDocument.Parse(Gonogo.Do("info", model, "--json").Out);
        JsonElement options = info.RootElement.GetProperty("manifest").GetProperty("backbone").GetProperty("options");
        Assert.Equal(("eval", "imagenet"), (options.GetProperty("backbone-mode").GetString(), options.GetProperty("input-scaling").GetString()));
    }

    [Fact]
    public void Scores_that_depend_on_the_batch_are_measured_but_judge_no_part()
    {
        string model = _folder["a.gonogo"];
        Gonogo.Do([.. Train("gmm", model), "--preset", "paper-code"]);
        Gonogo.Do("evaluate", model, "--data", _line.Data);
        Gonogo.Refused(1, ["cannot judge single pictures", "mixture-score=batch-max", "gonogo evaluate"], "inspect", model, Path.Combine(_line.Data, "test"), "--threshold", "0.5");
    }

    [Fact]
    public void More_gaussians_than_patches_are_refused() =>
        Gonogo.Refused(1, ["4096 Gaussians", "layer2", "--set gaussians=N"], [.. Train("gmm", _folder["a.gonogo"]), "--set", "gaussians=4096"]);

    [Fact]
    public void Wrong_usage_is_named()
    {
        Gonogo.Refused(2, ["autoencoder", "--backbone"], "train", "--data", _line.Data, "--output", _folder["x.gonogo"], "--detector", "autoencoder", "--backbone", "resnet18");
        Gonogo.Refused(2, ["layer9", "layer1"], ["train", "--data", _line.Data, "--output", _folder["x.gonogo"], "--detector", "padim", "--backbone", "resnet18", "--weights", _folder["weights.safetensors"], "--levels", "layer9"]);
        Gonogo.Refused(2, ["backbone-mode"], [.. Train("padim", _folder["x.gonogo"]), "--set", "backbone-mode=train"]);
        Gonogo.Refused(1, ["weights pull resnet50"], "train", "--data", _line.Data, "--output", _folder["x.gonogo"], "--detector", "padim");
    }

    private string[] Train(string detector, string output) =>
        ["train", "--data", _line.Data, "--output", output, "--detector", detector, "--backbone", "resnet18", "--weights", _folder["weights.safetensors"], "--set", "input-size=64",
            "--levels", "layer1,layer2", .. detector == "gmm" ? (string[])["--epochs", "15", "--set", "gaussians=4", "--set", "learning-rate=0.003"] : []];

    private static void WriteWeights(string path, ulong seed) => MadeUpWeights.Write(path, "resnet18", "layer1,layer2", seed, 0.05);
}
