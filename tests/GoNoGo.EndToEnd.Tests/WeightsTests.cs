using System.Text.Json;
using GoNoGo.Detection.Backbones.Weights;
using GoNoGo.Learning.Checkpoints;
using GoNoGo.Tensors.Formats.Safetensors;
using GoNoGo.Testing.SyntheticData;
using GoNoGo.Weights;

namespace GoNoGo.EndToEnd.Tests;

/// <summary>The weights store by the command line.</summary>
public sealed class WeightsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string? _before = Environment.GetEnvironmentVariable(WeightStore.Variable);

    public WeightsTests() => Environment.SetEnvironmentVariable(WeightStore.Variable, _folder["store"]);

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(WeightStore.Variable, _before);
        _folder.Dispose();
    }

    [Fact]
    public void Import_list_path_verify()
    {
        string file = Layer1();
        Outcome import = Gonogo.Do("weights", "import", "resnet18", file);
        Assert.Equal(_folder["store/resnet18.safetensors"], import.Out.Trim());
        Assert.Contains("levels layer1; SHA-256 ", import.Error, StringComparison.Ordinal);
        Assert.Equal(import.Out, Gonogo.Do("weights", "path", "resnet18").Out);
        Assert.Matches(@"\nresnet18 +yes .*BSD-3-Clause  layer1.safetensors\n", Gonogo.Do("weights", "list").Out);
        using JsonDocument list = JsonDocument.Parse(Gonogo.Do("weights", "list", "--json").Out);
        JsonElement row = list.RootElement.GetProperty("weights").EnumerateArray().Single(weights => weights.GetProperty("present").GetBoolean());
        Assert.Equal("resnet18", row.GetProperty("id").GetString());
        Assert.StartsWith("good  ", Gonogo.Do("weights", "verify").Out, StringComparison.Ordinal);

        Gonogo.Refused(1, ["exists", "--force"], "weights", "import", "resnet18", file);
        Gonogo.Do("weights", "import", "resnet18", file, "--force");
        File.AppendAllText(import.Out.Trim(), "x");
        Outcome damaged = Gonogo.Run("weights", "verify", "resnet18");
        Assert.Equal(1, damaged.Code);
        Assert.StartsWith("damaged  ", damaged.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_missing_or_unknown_is_said_in_one_line()
    {
        Gonogo.Refused(1, ["gonogo weights pull deit-base", "gonogo weights import deit-base FILE", "https://"], "weights", "path", "deit-base");
        Gonogo.Refused(1, ["checkpoint_best.pth", "gonogo weights import esvit-tiny FILE"], "weights", "pull", "esvit-tiny");
        Gonogo.Refused(2, ["did you mean 'resnet18'?"], "weights", "pull", "resnet19");
        Gonogo.Refused(1, ["does not fit", "looks like torchvision resnet"], "weights", "import", "deit-tiny", Layer1());
        Gonogo.Refused(1, ["has none of"], "weights", "pull", "deit-tiny", "--from", _folder.Root);
    }

    private string Layer1()
    {
        var writer = new SafetensorsWriter();
        foreach (KeyRule key in WeightManifests.Of("resnet18").KeysOf(["layer1"]))
        {
            writer.Add(key.Name, new float[key.Shape.ElementCount], Array.ConvertAll(key.Shape.ToArray(), d => (long)d));
        }

        writer.Save(_folder["layer1.safetensors"]);
        return _folder["layer1.safetensors"];
    }
}
