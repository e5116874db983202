using System.Text.Json;
using GoNoGo.Exporting;
using GoNoGo.Features;
using GoNoGo.Learning.Graphs.Onnx.Evaluation;
using GoNoGo.Tensors.Formats;
using GoNoGo.Testing.SyntheticData;

namespace GoNoGo.EndToEnd.Tests;

/// <summary><c>gonogo export</c>: an ONNX file that was checked before it was left.</summary>
public sealed class ExportTests : IDisposable
{
    private readonly SampleLine _line;
    private readonly TemporaryFolder _folder = new();

    public ExportTests(SampleLine line)
    {
        _line = line;
        LayerWeights.Write(_folder["weights.safetensors"]);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_file_says_what_it_is_and_computes_the_same()
    {
        Outcome outcome = Gonogo.Do([.. Export(), "--json"]);
        using JsonDocument json = JsonDocument.Parse(outcome.Out);
        Assert.InRange(json.RootElement.GetProperty("levels")[0].GetProperty("error").GetDouble(), 0, 1e-5);
        using OnnxEvaluator file = OnnxEvaluator.Open(_folder["out.onnx"]);
        Assert.Equal(["layer1"], file.Outputs);
        Assert.Equal("resnet18", file.Metadata["backbone"]);
        Assert.Equal("224x224", file.Metadata["input_size"]);
        Assert.Equal("0.485 0.456 0.406", file.Metadata["mean"]);
        Assert.Equal("0.229 0.224 0.225", file.Metadata["deviation"]);
        Assert.Equal("layer1:64x56x56", file.Metadata["levels"]);
        Assert.Equal(64, file.Metadata["weights_sha256"].Length);
        Assert.Matches(@"^\d+\.\d+\.\d+", file.Metadata["gonogo_version"]);
        Gonogo.Refused(1, ["exists", "--force"], Export());
        byte[] before = File.ReadAllBytes(_folder["out.onnx"]);
        Gonogo.Do([.. Export(), "--force"]);
        Assert.Equal(before, File.ReadAllBytes(_folder["out.onnx"]));
    }

    [Fact]
    public void A_file_that_computes_something_else_is_not_left()
    {
        var request = new ExportRequest(new BackboneChoice("resnet18") { Weights = _folder["weights.safetensors"], Levels = ["layer1"] }, _folder["out.onnx"]) { Tolerance = 0 };
        ExportException exception = Assert.Throws<ExportException>(() => OnnxExport.Run(request));
        Assert.Contains("was not left", exception.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Root, "*.onnx*"));
    }

    [Fact]
    public void What_cannot_be_exported_is_refused()
    {
        Gonogo.Refused(2, ["evaluation mode", "backbone-mode=eval"], [.. Export(), "--preset", "paper-code"]);
        Gonogo.Refused(2, ["no level 'block7'"], [.. Export().Select(word => word == LayerWeights.Level ? "block7" : word)]);
        Gonogo.Refused(1, ["layer2.0.conv1.weight"], "export", "--backbone", "resnet18", "--weights", _folder["weights.safetensors"], "--onnx", _folder["out.onnx"]);
        Assert.Empty(Directory.GetFiles(_folder.Root, "*.onnx*"));
    }

    /// <summary>Any byte of the structure may be wrong: an answer or one exception, never another one, never gigabytes.</summary>
    [Fact]
    public void A_damaged_file_is_refused_or_read()
    {
        Gonogo.Do(Export());
        byte[] bytes = File.ReadAllBytes(_folder["out.onnx"]);
        var random = new Random(1);
        int refused = 0;
        for (int i = 0; i < 400; i++)
        {
            byte[] damaged = i % 4 == 0 ? bytes[..random.Next(bytes.Length)] : [.. bytes];
            for (int j = 0; j < 3 && damaged.Length > 0; j++)
            {
                damaged[random.Next(Math.Min(damaged.Length, 6000))] = (byte)random.Next(256);
            }

            string path = _folder.File("damaged.onnx", damaged);
            try
            {
                OnnxEvaluator.Open(path).Dispose();
            }
            catch (TensorFileException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 100, 400);
    }

    /// <summary>What the file says of a model, and that a stored threshold is not baked into what it computes.</summary>
    [Fact]
    public void A_model_says_how_to_use_it()
    {
        Gonogo.Do("export", _line.Model, "--onnx", _folder["model.onnx"]);
        using (OnnxEvaluator file = OnnxEvaluator.Open(_folder["model.onnx"]))
        {
            Assert.Equal(["score", "map"], file.Outputs);
            Assert.Equal("vtadl", file.Metadata["detector"]);
            Assert.Equal("64x64", file.Metadata["input_size"]);
            Assert.Equal("64x64", file.Metadata["map_size"]);
            Assert.StartsWith("3: red, green, blue", file.Metadata["channels"], StringComparison.Ordinal);
            Assert.Equal("0 0 0", file.Metadata["mean"]);
            Assert.Contains("gaussians=4", file.Metadata["options"], StringComparison.Ordinal);
            using JsonDocument threshold = JsonDocument.Parse(Gonogo.Do("threshold", _line.Model, "--json").Out);
            float stored = threshold.RootElement.GetProperty("image").GetProperty("value").GetSingle();
            Assert.Equal(stored, float.Parse(file.Metadata["threshold_image"], System.Globalization.CultureInfo.InvariantCulture));
        }

        string other = _folder["other.gonogo"];
        Gonogo.Do("threshold", _line.Model, "--value", "7.5", "--output", other);
        Gonogo.Do("export", other, "--onnx", _folder["other.onnx"]);
        using OnnxEvaluator first = OnnxEvaluator.Open(_folder["model.onnx"]);
        using OnnxEvaluator second = OnnxEvaluator.Open(_folder["other.onnx"]);
        Assert.Equal("7.5", second.Metadata["threshold_image"]);
        var picture = new float[3 * 64 * 64];
        Array.Fill(picture, 0.25f);
        Assert.Equal(first.Run(picture, 1, 3, 64, 64)[0], second.Run(picture, 1, 3, 64, 64)[0]);
    }

    [Fact]
    public void A_model_that_computes_something_else_is_not_left()
    {
        var request = new ModelExportRequest(_line.Model, _folder["out.onnx"]) { Tolerance = 0 };
        ExportException exception = Assert.Throws<ExportException>(() => ModelExport.Run(request));
        Assert.Contains("was not left: its output", exception.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Root, "*.onnx*"));
    }

    [Fact]
    public void Tiles_and_regions_are_refused_with_the_reason()
    {
        string tiles = _folder["tiles.gonogo"];
        Gonogo.Do(_line.Train(tiles, "--epochs", "1", "--set", "tile=48", "--set", "tile-overlap=8"));
        Gonogo.Refused(1, ["tile=48", "tile=0"], "export", tiles, "--onnx", _folder["out.onnx"]);
        string region = _folder["region.gonogo"];
        Gonogo.Do(_line.Train(region, "--epochs", "1", "--roi", "8,8,48,48"));
        Gonogo.Refused(1, ["judges a region", "without a region"], "export", region, "--onnx", _folder["out.onnx"]);
        Assert.Empty(Directory.GetFiles(_folder.Root, "*.onnx*"));
    }

    [Fact]
    public void A_model_and_a_backbone_at_once_are_wrong_usage()
    {
        Gonogo.Refused(2, ["either a model file or --backbone"], "export", "--onnx", _folder["out.onnx"]);
        Gonogo.Refused(2, ["either a model file or --backbone"], [.. Export(), "a.gonogo"]);
        Gonogo.Refused(2, ["--levels goes with --backbone"], "export", "a.gonogo", "--levels", "layer1", "--onnx", _folder["out.onnx"]);
    }

    [Fact]
    public void Large_tensors_lie_in_a_second_file_on_request()
    {
        Gonogo.Do("export", _line.Model, "--onnx", _folder["whole.onnx"]);
        Assert.False(File.Exists(_folder["whole.onnx.data"]));
        string[] export = ["export", _line.Model, "--onnx", _folder["model.onnx"], "--external-data"];
        using (JsonDocument json = JsonDocument.Parse(Gonogo.Do([.. export, "--json"]).Out))
        {
            Assert.Equal(_folder["model.onnx.data"], json.RootElement.GetProperty("data").GetString());
            Assert.Equal(new FileInfo(_folder["model.onnx.data"]).Length, json.RootElement.GetProperty("data_bytes").GetInt64());
            Assert.Equal(new FileInfo(_folder["model.onnx"]).Length, json.RootElement.GetProperty("bytes").GetInt64());
            Assert.InRange(json.RootElement.GetProperty("score_error").GetDouble(), 0, 1e-5);
        }

        var picture = new float[3 * 64 * 64];
        Array.Fill(picture, 0.25f);
        using (OnnxEvaluator whole = OnnxEvaluator.Open(_folder["whole.onnx"]))
        using (OnnxEvaluator file = OnnxEvaluator.Open(_folder["model.onnx"]))
        {
            Assert.Equal(whole.Run(picture, 1, 3, 64, 64), file.Run(picture, 1, 3, 64, 64));
            Assert.Equal(whole.Metadata, file.Metadata);
        }

        Assert.Contains("model.onnx.data", Gonogo.Do([.. export, "--force"]).Out, StringComparison.Ordinal);
        Assert.Contains("out.onnx.data", Gonogo.Do([.. Export(), "--external-data"]).Out, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Root, ".*"));
    }

    [Fact]
    public void Neither_file_is_overwritten_without_being_asked()
    {
        string data = _folder.File("out.onnx.data", [1, 2, 3]);
        Gonogo.Refused(1, ["out.onnx.data' exists", "--force"], [.. Export(), "--external-data"]);
        Assert.Equal([1, 2, 3], File.ReadAllBytes(data));
        Assert.False(File.Exists(_folder["out.onnx"]));
        Gonogo.Do([.. Export(), "--external-data", "--force"]);
        byte[] written = File.ReadAllBytes(data);
        Gonogo.Refused(1, ["out.onnx' exists", "--force"], [.. Export(), "--external-data"]);
        Assert.Equal(written, File.ReadAllBytes(data));
        Directory.CreateDirectory(_folder["other.onnx.data"]);
        Gonogo.Refused(1, ["other.onnx.data' is a folder"], "export", _line.Model, "--onnx", _folder["other.onnx"], "--external-data");
    }

    [Fact]
    public void A_pair_that_computes_something_else_is_not_left_and_an_old_pair_stays()
    {
        File.WriteAllText(_folder["out.onnx"], "old");
        File.WriteAllText(_folder["out.onnx.data"], "old data");
        var request = new ModelExportRequest(_line.Model, _folder["out.onnx"]) { Tolerance = 0, ExternalData = true, Force = true };
        Assert.Throws<ExportException>(() => ModelExport.Run(request));
        Assert.Equal("old", File.ReadAllText(_folder["out.onnx"]));
        Assert.Equal("old data", File.ReadAllText(_folder["out.onnx.data"]));
        Assert.Equal(2, Directory.GetFiles(_folder.Root, "*.onnx*").Length);
    }

    /// <summary>A file system that takes no more: one sentence, and nothing is left. Here: a process that may write files of 64 KiB at most.</summary>
    [Fact]
    public async Task A_full_disk_leaves_nothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs a shell with ulimit -f");
        string model = _line.Model;
        using var process = ChildProcess.Start("bash",
            ["-c", "trap '' XFSZ; ulimit -f 64; export DOTNET_EnableWriteXorExecute=0; exec dotnet \"$@\"", "bash", ChildProcess.Program, "export", model, "--onnx", _folder["full.onnx"], "--external-data"]);
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        string text = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await output;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, process.ExitCode);
        Assert.Contains("gonogo: error: Cannot write", text, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Root, "*full.onnx*"));
    }

    /// <summary>Bright pictures, where variances of the structural similarity are small differences.</summary>
    [Fact]
    public void An_autoencoder_with_structural_similarity_is_exported()
    {
        string model = _folder["ssim.gonogo"];
        Gonogo.Do("train", "--data", _line.Data, "--output", model, "--detector", "autoencoder", "--set", "loss=mse+ssim", "--set", "size=64", "--epochs", "2");
        using JsonDocument json = JsonDocument.Parse(Gonogo.Do("export", model, "--onnx", _folder["ssim.onnx"], "--json").Out);
        Assert.InRange(json.RootElement.GetProperty("score_error").GetDouble(), 0, 2e-6);
        Assert.InRange(json.RootElement.GetProperty("map_error").GetDouble(), 0, 2e-6);
    }

    private string[] Export() =>
        ["export", "--backbone", LayerWeights.Id, "--weights", _folder["weights.safetensors"], "--levels", LayerWeights.Level, "--onnx", _folder["out.onnx"]];
}
