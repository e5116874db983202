using System.Text.Json;
using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Features;
using GoNoGo.Detection.Features.Caching;
using GoNoGo.Detection.Scoring;
using GoNoGo.Testing.SyntheticData;
using GoNoGo.Vision.Datasets;

namespace GoNoGo.EndToEnd.Tests;

/// <summary><c>gonogo data cache</c></summary>
public sealed class DataCacheTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string? _before = Environment.GetEnvironmentVariable(FeatureCacheOptions.FolderVariable);

    public DataCacheTests() => Environment.SetEnvironmentVariable(FeatureCacheOptions.FolderVariable, _folder["cache"]);

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(FeatureCacheOptions.FolderVariable, _before);
        _folder.Dispose();
    }

    [Fact]
    public void Shows_and_clears()
    {
        Assert.Contains("0 bytes of at most", Gonogo.Do("data", "cache").Out, StringComparison.Ordinal);
        Fill();
        string shown = Gonogo.Do("data", "cache").Out;
        Assert.Contains(_folder["cache"], shown, StringComparison.Ordinal);
        Assert.Matches(@"resnet18 +layer1 \[64, 56, 56\] +224 ", shown);
        using JsonDocument json = JsonDocument.Parse(Gonogo.Do("data", "cache", "--json").Out);
        JsonElement set = Assert.Single(json.RootElement.GetProperty("sets").EnumerateArray());
        Assert.Equal("resnet18", set.GetProperty("backbone").GetString());
        Assert.Equal(json.RootElement.GetProperty("total_bytes").GetInt64(), set.GetProperty("bytes").GetInt64());
        Assert.True(set.GetProperty("bytes").GetInt64() > 2 * 64 * 56 * 56 * 4);
        Assert.Equal(20_000_000_000, json.RootElement.GetProperty("limit_bytes").GetInt64());
        Assert.StartsWith("removed ", Gonogo.Do("data", "cache", "clear").Out, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(_folder["cache"]));
    }

    [Fact]
    public void Other_words_and_no_folder_are_said()
    {
        Gonogo.Refused(2, ["no action 'clean'"], "data", "cache", "clean");
        Environment.SetEnvironmentVariable(FeatureCacheOptions.FolderVariable, "off");
        Assert.Contains("GONOGO_CACHE is off", Gonogo.Do("data", "cache").Out, StringComparison.Ordinal);
        Gonogo.Do("data", "cache", "clear", "--json");
    }

    private void Fill()
    {
        foreach (string name in (string[])["good/1.png", "good/2.png", "test/good/3.png"])
        {
            _folder.File("parts/" + name, TestPictures.Png(20, 20, 3, name.Length + name[5]));
        }

        Backbone backbone = BackboneCatalog.Create(LayerWeights.Id);
        using FeatureExtractor extractor = FeatureExtractor.Open(backbone, [LayerWeights.Level], LayerWeights.Write(_folder["weights.safetensors"]));
        IReadOnlyList<DatasetItem> items = [.. Dataset.Open(_folder["parts"], null).Load().Train];
        using FeatureTable table = FeatureTable.Build(extractor, items, new PictureFrame(backbone.InputPreprocessing, null), new FeatureCache());
        Assert.Equal(2, table.ComputedCount);
    }
}
