using System.Text.Json;
using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Detectors;
using GoNoGo.Detection.Models;
using GoNoGo.Tensors.Formats.Safetensors;
using GoNoGo.Testing.SyntheticData;

namespace GoNoGo.EndToEnd.Tests;

/// <summary>
/// Every detector of the catalog that looks at features, on a network of every backbone family, through all verbs: pictures that are not square, weights that are made up, levels
/// of different grids where the family has them.
/// </summary>
public sealed class CatalogTests(CatalogTests.Pictures pictures) : IClassFixture<CatalogTests.Pictures>
{
    /// <summary>The smallest network of each family, cut off early. A new family needs a line here.</summary>
    private static readonly Dictionary<string, (string Id, string Levels, string[] Settings)> Families = new()
    {
        ["vit"] = ("deit-tiny", "block0,block1", ["input-size=48"]),
        ["swin"] = ("esvit-tiny-w7", "stage1", []),
        ["efficientformer"] = ("efficientformer-l1", "stage1,stage2", []),
        ["resnet"] = ("resnet18", "layer1,layer2", ["input-size=64"]),
    };

    /// <summary>What makes a detector small enough for a test; one that has no line here is tested as it is.</summary>
    private static readonly Dictionary<string, string[]> Small = new()
    {
        ["padim"] = ["features=10"],
        ["patchcore"] = ["coreset=0.02"],
        ["gmm-em"] = ["patches=500", "pca-features=16"],
        ["flow"] = ["steps=2"],
        ["gmm"] = ["gaussians=3"],
    };

    public static TheoryData<string, string> Pairs()
    {
        var data = new TheoryData<string, string>();
        foreach (DetectorEntry detector in DetectorCatalog.Entries.Where(entry => entry.UsesBackbone))
        {
            foreach (string family in BackboneCatalog.Entries.Select(entry => entry.Family).Distinct())
            {
                data.Add(detector.Id, family);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Every_verb_works(string detector, string family)
    {
        (string backbone, string levels, string[] settings) = Families[family];
        string model = pictures.Folder[$"{detector}-{family}.gonogo"];
        string[] train = ["train", "--data", pictures.Data, "--output", model, "--detector", detector, "--backbone", backbone, "--levels", levels, "--weights", pictures.Weights(backbone, levels)];
        train = [.. train, .. settings.Concat(Small.GetValueOrDefault(detector, [])).SelectMany(setting => new[] { "--set", setting })];
        bool inEpochs = DetectorCatalog.Find(detector).TrainsInEpochs;
        Gonogo.Do(inEpochs ? [.. train, "--epochs", "1"] : train);

        // What the detector scored before it was written, and what the loaded one scores.
        float[] before;
        using (SafetensorsReader reader = SafetensorsReader.Open(model))
        {
            before = reader.ReadFloats(ModelFile.ValidationScores);
        }

        Assert.NotEmpty(before);
        Outcome inspected = Gonogo.Run("inspect", model, Path.Combine(pictures.Data, "train", "good"), "--json");
        Assert.True(inspected.Code is 0 or 3, inspected.Error);
        float[] after = [.. inspected.OutLines.Select(line => JsonDocument.Parse(line).RootElement).Where(line => line.TryGetProperty("image_score", out _))
            .Select(line => line.GetProperty("image_score").GetSingle())];
        Assert.Equal(Pictures.Good, after.Length);
        Assert.All(after, score => Assert.True(float.IsFinite(score)));
        Assert.True(after.Distinct().Count() > 1, "all pictures have the same score");
        Assert.All(before, score => Assert.Contains(score, after));

        using JsonDocument evaluation = JsonDocument.Parse(Gonogo.Do("evaluate", model, "--data", pictures.Data, "--json").Out);
        Assert.InRange(evaluation.RootElement.GetProperty("auroc").GetDouble(), 0, 1);
        Assert.InRange(evaluation.RootElement.GetProperty("aupro_0.3").GetDouble(), 0, 1);
        Gonogo.Do("threshold", model, "--false-reject-rate", "0.5");
        string info = Gonogo.Do("info", model).Out;
        Assert.Contains(detector, info, StringComparison.Ordinal);
        Assert.Contains(backbone, info, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_family_has_its_network() =>
        Assert.Equal(BackboneCatalog.Entries.Select(entry => entry.Family).Distinct().Order(), Families.Keys.Order());

    /// <summary>Pictures of 40 x 24 and weights, made once; features are kept between the detectors.</summary>
    public sealed class Pictures : IDisposable
    {
        public const int Good = 6;

        private readonly string? _cache = Environment.GetEnvironmentVariable("GONOGO_CACHE");

        public Pictures()
        {
            Environment.SetEnvironmentVariable("GONOGO_CACHE", Folder["cache"]);
            for (int i = 0; i < Good; i++)
            {
                Folder.File($"data/train/good/{i}.png", TestPictures.Png(40, 24, 3, i));
            }

            for (int i = 0; i < 2; i++)
            {
                Folder.File($"data/test/good/{i}.png", TestPictures.Png(40, 24, 3, Good + i));
                Folder.File($"data/test/bad/{i}.png", TestPictures.Png(40, 24, 3, 40 + i));
                Folder.File($"data/ground_truth/bad/{i}_mask.png", TestPictures.MaskPng(40, 24));
            }
        }

        public TemporaryFolder Folder { get; } = new();

        public string Data => Folder["data"];

        public void Dispose()
        {
            Environment.SetEnvironmentVariable("GONOGO_CACHE", _cache);
            Folder.Dispose();
        }

        /// <summary>The weights of a backbone.</summary>
        public string Weights(string backbone, string levels)
        {
            string path = Folder[$"{backbone}.safetensors"];
            return File.Exists(path) ? path : MadeUpWeights.Write(path, backbone, levels);
        }
    }
}
