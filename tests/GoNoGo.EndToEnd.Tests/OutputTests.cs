using System.Text.Json;
using GoNoGo.Testing.SyntheticData;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.EndToEnd.Tests;

/// <summary>Reports and heat maps: written where they were asked for, overwritten only with --force.</summary>
public sealed class OutputTests(SampleLine line) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Scratches => Path.Combine(line.Data, "test", "scratch");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_report_is_one_page()
    {
        string report = _folder["report"];
        Outcome outcome = Gonogo.Do("evaluate", line.Model, "--data", line.Data, "--report", report);
        string page = Path.Combine(report, "index.html");
        Assert.Contains($"report: {page}", outcome.Out, StringComparison.Ordinal);
        Assert.Equal([page], Directory.GetFileSystemEntries(report));
        Assert.Contains("data:image/png", File.ReadAllText(page), StringComparison.Ordinal);

        File.WriteAllText(page, "mine");
        Gonogo.Refused(1, ["index.html", "--force"], "evaluate", line.Model, "--data", line.Data, "--report", report);
        Assert.Equal("mine", File.ReadAllText(page));
        using JsonDocument json = JsonDocument.Parse(Gonogo.Do("evaluate", line.Model, "--data", line.Data, "--report", report, "--force", "--json").Out);
        Assert.Equal(page, json.RootElement.GetProperty("report").GetString());
        Assert.NotEqual("mine", File.ReadAllText(page));
    }

    [Fact]
    public void Two_models_have_a_report_each()
    {
        Gonogo.Do("evaluate", line.Model, line.Model, "--data", line.Data, "--report", _folder["report"]);
        Assert.True(File.Exists(_folder["report/1-line/index.html"]));
        Assert.True(File.Exists(_folder["report/2-line/index.html"]));
    }

    [Fact]
    public void A_report_below_a_regular_file_is_refused_before_the_work()
    {
        string file = _folder.File("file", "mine"u8);
        Gonogo.Refused(1, ["file"], "evaluate", line.Model, "--data", line.Data, "--report", Path.Combine(file, "report"));
    }

    [Fact]
    public void Heat_maps_are_pictures_named_in_the_findings()
    {
        Outcome outcome = Gonogo.Run("inspect", line.Model, Scratches, "--heatmaps", _folder["maps"], "--json");
        Assert.Equal(2, outcome.OutLines.Length);
        foreach (string row in outcome.OutLines)
        {
            using JsonDocument part = JsonDocument.Parse(row);
            using Image image = ImageDecoder.Load(part.RootElement.GetProperty("heatmap").GetString()!);
            Assert.Equal((64, 64, 3), (image.Width, image.Height, image.Channels));
        }

        Gonogo.Refused(1, ["exists", "--force"], "inspect", line.Model, Scratches, "--heatmaps", _folder["maps"]);
        Assert.NotEqual(1, Gonogo.Run("inspect", line.Model, Scratches, "--heatmaps", _folder["maps"], "--force").Code);
        Gonogo.Refused(1, ["replace"], "inspect", line.Model, Scratches, "--heatmaps", Scratches);
    }

    [Fact]
    public void Maps_are_float_pictures_that_metrics_reads()
    {
        string maps = _folder["floats"];
        Outcome outcome = Gonogo.Run("inspect", line.Model, Scratches, "--maps", maps, "--json");
        string[] files = Directory.GetFiles(maps);
        Assert.Equal(files.Order(StringComparer.Ordinal), outcome.OutLines.Select(row => JsonDocument.Parse(row).RootElement.GetProperty("map").GetString()!).Order(StringComparer.Ordinal));
        Assert.Equal(Directory.GetFiles(Scratches).Select(Path.GetFileNameWithoutExtension).Order(), files.Select(Path.GetFileNameWithoutExtension).Order());
        foreach (string file in files)
        {
            using Image map = ImageDecoder.Load(file);
            Assert.Equal((".tif", 64, 64, 1, 32), (Path.GetExtension(file), map.Width, map.Height, map.Channels, map.BitDepth));
            Assert.True(map.SamplesFloat!.Distinct().Count() > 10, "the map has hardly any values");
        }

        string masks = Path.Combine(line.Data, "ground_truth", "scratch");
        using JsonDocument metrics = JsonDocument.Parse(Gonogo.Do("metrics", "--maps", maps, "--masks", masks, "--json").Out);
        Assert.InRange(metrics.RootElement.GetProperty("pixel_auroc").GetDouble(), 0, 1);

        Gonogo.Refused(1, ["exists", "--force"], "inspect", line.Model, Scratches, "--maps", maps);
        Assert.NotEqual(1, Gonogo.Run("inspect", line.Model, Scratches, "--maps", maps, "--force").Code);
    }

    [Fact]
    public void Quiet_says_results_only()
    {
        Assert.Equal("", Gonogo.Do(line.Train(_folder["quiet.gonogo"], "--epochs", "1", "--quiet")).Error);
        Outcome inspect = Gonogo.Run("inspect", line.Model, Scratches, "--quiet", "--csv");
        Assert.Equal("", inspect.Error);
        Assert.Equal(3, inspect.OutLines.Length);
    }

    [Fact]
    public void An_earlier_demo_stays_without_force()
    {
        _folder.File("model.gonogo", "mine"u8);
        Gonogo.Refused(1, ["model.gonogo", "--force"], "demo", "--output", _folder.Root);
        Assert.Equal("mine", File.ReadAllText(_folder["model.gonogo"]));
    }

    [Fact]
    public void An_interrupted_demo_says_how_to_begin_anew()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Outcome outcome = Gonogo.Run(stop.Token, "demo", "--output", _folder["demo"]);
        Assert.Equal(130, outcome.Code);
        Assert.Contains("--force", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("error:", outcome.Error, StringComparison.Ordinal);
    }
}
