using System.Text.Json;
using GoNoGo.Testing.SyntheticData;

namespace GoNoGo.EndToEnd.Tests;

public sealed class CircleTests(SampleLine line) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Training_says_what_it_made_and_what_comes_next()
    {
        string model = _folder["a.gonogo"];
        Outcome outcome = Gonogo.Do(line.Train(model, "--epochs", "2"));
        Assert.Contains("16 fitted, 4 held out", outcome.Out, StringComparison.Ordinal);
        Assert.Contains("false-reject-rate 0.01", outcome.Out, StringComparison.Ordinal);
        Assert.Contains("epoch 1/2: loss ", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("steps/s", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("4 normal scores cannot support a false-reject rate of 0.01", outcome.Error, StringComparison.Ordinal);
        Assert.Contains($"next: gonogo evaluate {model} --data", outcome.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(_folder["a.log.jsonl"]));
        Assert.False(Directory.Exists(model + ".checkpoint"));
    }

    [Fact]
    public void Evaluation_measures_and_names_the_map_size()
    {
        Outcome outcome = Gonogo.Do("evaluate", line.Model, "--data", line.Data);
        foreach (string name in Names.Metrics.Append("map size").Append("scratch"))
        {
            Assert.Contains(name, outcome.Out, StringComparison.Ordinal);
        }

        Assert.Contains("64x64", outcome.Out, StringComparison.Ordinal);
        Assert.Contains("native", Gonogo.Do("evaluate", line.Model, "--data", line.Data, "--map-size", "native").Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluation_as_JSON_has_the_stable_names()
    {
        using JsonDocument json = JsonDocument.Parse(Gonogo.Do("evaluate", line.Model, "--data", line.Data, "--json").Out);
        JsonElement root = json.RootElement;
        foreach (string name in Names.Metrics)
        {
            Assert.Equal(JsonValueKind.Number, root.GetProperty(name).ValueKind);
        }

        Assert.Equal("64x64", root.GetProperty("map_size").GetString());
        Assert.Equal(14, root.GetProperty("pictures").GetArrayLength());
        Assert.Equal(5, root.GetProperty("kinds").GetArrayLength());
        JsonElement confusion = root.GetProperty("confusion");
        Assert.Equal(14, new[] { "true_positives", "false_positives", "true_negatives", "false_negatives" }.Sum(name => confusion.GetProperty(name).GetInt32()));
    }

    [Fact]
    public void An_undefined_metric_is_null_with_a_reason()
    {
        using JsonDocument json = JsonDocument.Parse(Gonogo.Do("evaluate", line.Model, "--data", DummyDatasets.Root("mnist"), "--category", "3", "--json").Out);
        JsonElement root = json.RootElement;
        Assert.Equal(JsonValueKind.Number, root.GetProperty("auroc").ValueKind);
        Assert.Equal(JsonValueKind.Null, root.GetProperty("aupro_0.3").ValueKind);
        Assert.Equal("the data set has no masks", root.GetProperty("reasons").GetProperty("aupro_0.3").GetString());
    }

    [Fact]
    public void Two_models_stand_side_by_side()
    {
        string other = _folder["other.gonogo"];
        Gonogo.Do("threshold", line.Model, "--value", "1e9", "--output", other);
        Outcome text = Gonogo.Do("evaluate", line.Model, other, "--data", line.Data);
        string heading = text.OutLines.First(row => row.StartsWith("metric", StringComparison.Ordinal));
        Assert.Equal(["metric", "line", "other"], heading.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        using JsonDocument json = JsonDocument.Parse(Gonogo.Do("evaluate", line.Model, other, "--data", line.Data, "--json").Out);
        JsonElement[] models = [.. json.RootElement.GetProperty("models").EnumerateArray()];
        Assert.Equal(2, models.Length);
        Assert.Equal(models[0].GetProperty("auroc").GetDouble(), models[1].GetProperty("auroc").GetDouble());
        Assert.Equal(0, models[1].GetProperty("confusion").GetProperty("true_positives").GetInt32());
    }

    [Fact]
    public void The_same_numbers_come_out_of_evaluate_inspect_and_metrics()
    {
        using JsonDocument evaluation = JsonDocument.Parse(Gonogo.Do("evaluate", line.Model, "--data", line.Data, "--json").Out);
        var scores = evaluation.RootElement.GetProperty("pictures").EnumerateArray()
            .ToDictionary(picture => picture.GetProperty("picture").GetString()!, picture => picture.GetProperty("image_score").GetSingle());
        var rows = new List<string> { "name,score,label" };
        Outcome inspection = Gonogo.Run("inspect", line.Model, Path.Combine(line.Data, "test"), "--json");
        Assert.Contains(inspection.Code, new[] { 0, 3 });
        Assert.Equal(14, inspection.OutLines.Length);
        foreach (string row in inspection.OutLines)
        {
            using JsonDocument part = JsonDocument.Parse(row);
            string name = Path.GetRelativePath(line.Data, part.RootElement.GetProperty("picture").GetString()!).Replace('\\', '/');
            Assert.Equal(scores[name], part.RootElement.GetProperty("image_score").GetSingle());
            rows.Add($"\"{name}\",{part.RootElement.GetProperty("image_score").GetRawText()},{(name.Contains("/good/", StringComparison.Ordinal) ? "good" : "bad")}");
        }

        string csv = _folder["scores.csv"];
        File.WriteAllLines(csv, rows);
        using JsonDocument metrics = JsonDocument.Parse(Gonogo.Do("metrics", "--scores", csv, "--json").Out);
        foreach (string name in new[] { "auroc", "ap", "pr_auc", "f1_max" })
        {
            Assert.Equal(evaluation.RootElement.GetProperty(name).GetDouble(), metrics.RootElement.GetProperty(name).GetDouble(), 1e-12);
        }

        Assert.Equal("no maps were given (--maps)", metrics.RootElement.GetProperty("reasons").GetProperty("pixel_auroc").GetString());
    }

    [Fact]
    public void Info_tells_the_manifest()
    {
        Outcome text = Gonogo.Do("info", line.Model);
        Assert.Contains("vtadl", text.Out, StringComparison.Ordinal);
        Assert.Contains("gaussians", text.Out, StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse(Gonogo.Do("info", line.Model, "--json").Out);
        Assert.Equal("vtadl", json.RootElement.GetProperty("manifest").GetProperty("detector").GetString());
        Assert.True(json.RootElement.GetProperty("parameters").GetInt64() > 1000);
        Assert.Equal(new FileInfo(line.Model).Length, json.RootElement.GetProperty("bytes").GetInt64());
    }

    [Fact]
    public void Info_lists_the_options_of_a_detector()
    {
        Assert.Contains("sigma-floor", Gonogo.Do("info", "--detector", "vtadl").Out, StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse(Gonogo.Do("info", "--detector", "autoencoder", "--json").Out);
        Assert.True(json.RootElement.GetProperty("options").GetArrayLength() > 5);
    }

    [Fact]
    public void Data_describe_counts()
    {
        Outcome text = Gonogo.Do("data", "describe", line.Data);
        Assert.Contains("64 x 64 8-bit RGB", text.Out, StringComparison.Ordinal);
        Assert.Contains("hairline", text.Out, StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse(Gonogo.Do("data", "describe", DummyDatasets.Root("mvtec-ad"), "--json").Out);
        Assert.Equal("mvtec-ad", json.RootElement.GetProperty("layout").GetString());
        Assert.Equal(["bottle", "screw"], json.RootElement.GetProperty("categories").EnumerateArray().Select(category => category.GetProperty("name").GetString()));
        Assert.Contains("held out", Gonogo.Do("data", "describe", DummyDatasets.Root("folder")).Out, StringComparison.Ordinal);
    }
}
