using System.Text.Json;
using GoNoGo.Detection.Detectors;
using GoNoGo.Testing.SyntheticData;
using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Png;

namespace GoNoGo.EndToEnd.Tests;

/// <summary>What goes wrong with detectors on features: one sentence, or a model that works.</summary>
public sealed class FeatureBadInputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string? _cache = Environment.GetEnvironmentVariable("GONOGO_CACHE");

    public FeatureBadInputTests()
    {
        Environment.SetEnvironmentVariable("GONOGO_CACHE", _folder["cache"]);
        MadeUpWeights.Write(Weights, "resnet18", "layer1,layer2");
    }

    /// <summary>All detectors on features, also those that come later.</summary>
    public static TheoryData<string> Detectors() => [.. DetectorCatalog.Entries.Where(entry => entry.UsesBackbone).Select(entry => entry.Id)];

    private string Weights => _folder["weights.safetensors"];

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("GONOGO_CACHE", _cache);
        _folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Detectors))]
    public void Two_pictures_train(string detector)
    {
        string data = Pictures("two", 2, i => TestPictures.Png(30, 20, 3, i));
        WorksOn(data, detector);
    }

    /// <summary>Variances of 0 everywhere; a picture that differs from the others scores higher than they do.</summary>
    [Theory]
    [MemberData(nameof(Detectors))]
    public void Constant_pictures_train(string detector)
    {
        string data = Pictures("constant", 6, _ => PngEncoder.Encode(Gray(120)));
        string model = WorksOn(data, detector);
        float good = Score(model, Path.Combine(data, "good"))[0];
        Image spot = Gray(120);
        spot.Samples8!.AsSpan(300, 40).Fill(250);
        _folder.File("spot/a.png", PngEncoder.Encode(spot));
        Assert.True(Score(model, _folder["spot"])[0] > good);
    }

    [Fact]
    public void More_Gaussians_than_patches_are_refused()
    {
        string data = Pictures("two", 2, i => TestPictures.Png(30, 20, 3, i));
        Gonogo.Refused(1, ["components=2000", "patches"], [.. Train(data, "gmm-em", _folder["a.gonogo"]), "--set", "components=2000"]);
        Gonogo.Refused(2, ["components", "auto"], [.. Train(data, "gmm-em", _folder["a.gonogo"]), "--set", "components=few"]);
        Assert.False(File.Exists(_folder["a.gonogo"]));
    }

    /// <summary>The file of the same name has other weights now: what is in the cache is not taken for theirs.</summary>
    [Fact]
    public void Features_of_other_weights_are_computed_anew()
    {
        string data = Pictures("data", 6, i => TestPictures.Png(30, 20, 3, i));
        Gonogo.Do(Train(data, "padim", _folder["first.gonogo"]));
        MadeUpWeights.Write(Weights, "resnet18", "layer1,layer2", seed: 8);
        Gonogo.Do(Train(data, "padim", _folder["second.gonogo"]));
        Environment.SetEnvironmentVariable("GONOGO_CACHE", "off");
        Gonogo.Do(Train(data, "padim", _folder["third.gonogo"]));
        Assert.Equal(File.ReadAllBytes(_folder["third.gonogo"]), File.ReadAllBytes(_folder["second.gonogo"]));
        Assert.NotEqual(Score(_folder["first.gonogo"], Path.Combine(data, "good")), Score(_folder["second.gonogo"], Path.Combine(data, "good")));
    }

    private static Image Gray(byte value)
    {
        var samples = new byte[30 * 20 * 3];
        samples.AsSpan().Fill(value);
        return new Image(30, 20, 3, samples);
    }

    private static float[] Score(string model, string folder)
    {
        Outcome outcome = Gonogo.Run("inspect", model, folder, "--json", "--threshold", "1e30");
        Assert.True(outcome.Code is 0 or 3, outcome.Error);
        float[] scores = [.. outcome.OutLines.Select(line => JsonDocument.Parse(line).RootElement).Where(line => line.TryGetProperty("image_score", out _))
            .Select(line => line.GetProperty("image_score").GetSingle())];
        Assert.NotEmpty(scores);
        Assert.All(scores, score => Assert.True(float.IsFinite(score)));
        return scores;
    }

    private string WorksOn(string data, string detector)
    {
        string model = _folder["works.gonogo"];
        string[] train = Train(data, detector, model);
        Gonogo.Do(DetectorCatalog.Find(detector).TrainsInEpochs ? [.. train, "--epochs", "1"] : train);
        Score(model, Path.Combine(data, "good"));
        return model;
    }

    private string Pictures(string name, int count, Func<int, byte[]> make)
    {
        for (int i = 0; i < count; i++)
        {
            _folder.File($"{name}/good/{i}.png", make(i));
        }

        return _folder[name];
    }

    private string[] Train(string data, string detector, string output) =>
        ["train", "--data", data, "--output", output, "--detector", detector, "--backbone", "resnet18", "--weights", Weights, "--set", "input-size=64", "--levels", "layer1,layer2"];
}
