using System.Text.Json;
using GoNoGo.Detection.Backbones;
using GoNoGo.Features;
using GoNoGo.Tensors.Formats.Safetensors;
using GoNoGo.Testing.SyntheticData;
using GoNoGo.Vision.Imaging;
using GoNoGo.Weights;

namespace GoNoGo.EndToEnd.Tests;

/// <summary><c>gonogo features</c>: pictures or a tensor in, a safetensors file out.</summary>
public sealed class FeaturesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public FeaturesTests()
    {
        LayerWeights.Write(_folder["weights.safetensors"]);
        for (int i = 1; i <= 11; i++)
        {
            _folder.File($"parts/part{i}.png", TestPictures.Png(40, 30, 3, i));
        }

        _folder.File("parts/notes.txt", "x"u8);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Pictures_in_natural_order()
    {
        Outcome outcome = Gonogo.Do(Features("parts"));
        Assert.Equal($"{_folder["out.safetensors"]}: layer1 [11, 64, 56, 56]", outcome.Out.Trim());
        Assert.Contains("1 file(s) that are no pictures ignored", outcome.Error, StringComparison.Ordinal);
        using SafetensorsReader file = SafetensorsReader.Open(_folder["out.safetensors"]);
        Assert.Equal([11, 64, 56, 56], file["layer1"].Dimensions.ToArray());
        string[] files = JsonSerializer.Deserialize<string[]>(file.Metadata["files"])!;
        Assert.Equal(Enumerable.Range(1, 11).Select(i => $"part{i}.png"), files.Select(Path.GetFileName));
        Assert.Equal("resnet18", file.Metadata["backbone"]);
        Assert.Equal(64, file.Metadata["weights_sha256"].Length);

        // One picture by the library gives the same numbers.
        using FeatureReader reader = FeatureReader.Load(new BackboneChoice("resnet18") { Weights = _folder["weights.safetensors"], Levels = ["layer1"] });
        FeatureMap map = Assert.Single(reader.Extract(_folder["parts/part7.png"]));
        Assert.Equal((64, 56, 56), (map.Width, map.Rows, map.Columns));
        Assert.Equal(map.Values, file.ReadFloats("layer1").AsSpan(6 * map.Values.Length, map.Values.Length).ToArray());
        Assert.Equal(map.Values, reader.Extract(File.ReadAllBytes(_folder["parts/part7.png"]))[0].Values);

        Gonogo.Refused(1, ["exists", "--force"], Features("parts"));
        byte[] before = File.ReadAllBytes(_folder["out.safetensors"]);
        Gonogo.Do([.. Features("parts"), "--force", "--threads", "1"]);
        Assert.Equal(before, File.ReadAllBytes(_folder["out.safetensors"]));
    }

    [Fact]
    public void A_tensor_is_taken_as_it_is()
    {
        Gonogo.Do(Features("parts/part3.png"));
        Preprocessing preprocessing = BackboneCatalog.Create("resnet18").InputPreprocessing;
        var input = new float[9 * 3 * 224 * 224];
        using Image image = ImageDecoder.Load(_folder["parts/part3.png"]);
        preprocessing.Run(image, input.AsSpan(8 * 3 * 224 * 224));
        new SafetensorsWriter().Add("input", input, 9, 3, 224, 224).Save(_folder["input.safetensors"]);
        Outcome outcome = Gonogo.Do("features", "--backbone", "resnet18", "--weights", _folder["weights.safetensors"], "--levels", "layer1",
            "--tensor", _folder["input.safetensors"], "--output", _folder["tensor.safetensors"], "--json");
        using JsonDocument json = JsonDocument.Parse(outcome.Out);
        Assert.Equal(9, json.RootElement.GetProperty("count").GetInt32());
        using SafetensorsReader one = SafetensorsReader.Open(_folder["out.safetensors"]);
        using SafetensorsReader nine = SafetensorsReader.Open(_folder["tensor.safetensors"]);
        Assert.Equal(one.ReadFloats("layer1"), nine.ReadFloats("layer1")[(8 * 64 * 56 * 56)..]);
        Assert.False(nine.Metadata.ContainsKey("files"));
    }

    [Fact]
    public void Damaged_pictures_are_named_and_left_out_when_asked()
    {
        Gonogo.Do(Features("parts/part1.png", "parts/part3.png"));
        byte[] expected = File.ReadAllBytes(_folder["out.safetensors"]);
        File.Delete(_folder["out.safetensors"]);
        _folder.File("parts/part2.png", File.ReadAllBytes(_folder["parts/part2.png"]).AsSpan(0, 60));
        string[] args = Features("parts/part1.png", "parts/part2.png", "parts/part3.png");
        Gonogo.Refused(1, ["part2.png", "--skip-damaged"], args);
        Assert.Empty(Directory.GetFiles(_folder.Root, "*out.safetensors*"));
        Outcome outcome = Gonogo.Run([.. args, "--skip-damaged"]);
        Assert.Equal(1, outcome.Code);
        Assert.Contains("1 picture(s) could not be read", outcome.ErrorLine, StringComparison.Ordinal);
        using SafetensorsReader file = SafetensorsReader.Open(_folder["out.safetensors"]);
        using SafetensorsReader plain = SafetensorsReader.Open(new MemoryStream(expected));
        Assert.Equal(plain.ReadFloats("layer1"), file.ReadFloats("layer1"));
        Assert.Equal(plain.Metadata["files"], file.Metadata["files"]);
        Gonogo.Refused(1, ["none of the 1 pictures could be read"], [.. Features("parts/part2.png"), "--skip-damaged", "--force"]);
    }

    [Fact]
    public void What_is_wrong_is_said_in_one_line()
    {
        Gonogo.Refused(2, ["did you mean 'resnet18'?"], "features", "--backbone", "resnet19", _folder["parts"], "--output", _folder["o"]);
        Gonogo.Refused(2, ["no level 'block7'", "layer1, layer2"], [.. Features("parts").Select(word => word == LayerWeights.Level ? "block7" : word)]);
        Gonogo.Refused(2, ["multiples of 32"], [.. Features("parts"), "--set", "input-size=100"]);
        Gonogo.Refused(2, ["backbone family 'resnet' has no option 'size'", "docs/backbones.md"], [.. Features("parts"), "--set", "size=100"]);
        Gonogo.Refused(2, ["give pictures, or a file of tensors"], Features());
        Gonogo.Refused(2, ["give pictures, or a file of tensors"], [.. Features("parts"), "--tensor", _folder["weights.safetensors"]]);
        Gonogo.Refused(1, ["has no tensor 'input'"], [.. Features(), "--tensor", _folder["weights.safetensors"]]);
        new SafetensorsWriter().Add("input", new float[3 * 32 * 32], 1, 3, 32, 32).Save(_folder["small.safetensors"]);
        Gonogo.Refused(1, ["[1, 3, 32, 32]", "[n, 3, 224, 224]", "input-size"], [.. Features(), "--tensor", _folder["small.safetensors"]]);
        Gonogo.Refused(1, ["layer2.0.conv1.weight"], "features", "--backbone", "resnet18", "--weights", _folder["weights.safetensors"], "--levels", "layer2", _folder["parts"], "--output", _folder["o"]);
        Gonogo.Refused(1, ["looks like torchvision resnet18"], "features", "--backbone", "deit-tiny", "--weights", _folder["weights.safetensors"], _folder["parts"], "--output", _folder["o"]);
        Gonogo.Refused(1, ["no file or folder"], Features("nothing"));
        Assert.False(File.Exists(_folder["o"]));
    }

    [Fact]
    public void Missing_weights_come_with_the_ways_to_get_them()
    {
        string? before = Environment.GetEnvironmentVariable(WeightStore.Variable);
        Environment.SetEnvironmentVariable(WeightStore.Variable, _folder["store"]);
        try
        {
            Gonogo.Refused(1, ["gonogo weights pull resnet50", "gonogo weights import resnet50 FILE"], "features", "--backbone", "resnet50", _folder["parts"], "--output", _folder["o"]);
            Gonogo.Do("weights", "import", "resnet18", _folder["weights.safetensors"]);
            Gonogo.Do("features", "--backbone", "resnet18", "--levels", "layer1", _folder["parts/part1.png"], "--output", _folder["o"]);
        }
        finally
        {
            Environment.SetEnvironmentVariable(WeightStore.Variable, before);
        }
    }

    [Fact]
    public void Weights_that_are_no_numbers_are_warned_of()
    {
        LayerWeights.Write(_folder["weights.safetensors"], withNaN: true);
        Assert.Contains("'conv1.weight' holds 1 values that are NaN", Gonogo.Do(Features("parts/part1.png")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Training_mode_works_and_says_what_it_means()
    {
        Outcome outcome = Gonogo.Do([.. Features("parts"), "--preset", "paper-code"]);
        Assert.Contains("depend on the 8 pictures of a batch", outcome.Error, StringComparison.Ordinal);
        using SafetensorsReader file = SafetensorsReader.Open(_folder["out.safetensors"]);
        float[] many = file.ReadFloats("layer1");
        Gonogo.Do([.. Features("parts/part1.png"), "--preset", "paper-code", "--force"]);
        using SafetensorsReader single = SafetensorsReader.Open(_folder["out.safetensors"]);
        Assert.NotEqual(single.ReadFloats("layer1"), many[..(64 * 56 * 56)]);
        Assert.Throws<BackboneException>(() => FeatureReader.Load(new BackboneChoice("resnet18") { Weights = _folder["weights.safetensors"], Levels = ["layer1"], Preset = "paper-code" }));
    }

    [Fact]
    public void Interrupted_it_leaves_nothing()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Outcome outcome = Gonogo.Run(stop.Token, Features("parts"));
        Assert.Equal(130, outcome.Code);
        Assert.Empty(Directory.GetFiles(_folder.Root, "*out.safetensors*"));
    }

    private string[] Features(params string[] paths) =>
    [
        "features", "--backbone", LayerWeights.Id, "--weights", _folder["weights.safetensors"], "--levels", LayerWeights.Level, .. paths.Select(path => _folder[path]), "--output", _folder["out.safetensors"],
    ];
}
