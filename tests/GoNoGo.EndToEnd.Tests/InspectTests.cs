using System.Text.Json;
using GoNoGo.Inspecting;
using GoNoGo.Testing.SyntheticData;

namespace GoNoGo.EndToEnd.Tests;

public sealed class InspectTests(SampleLine line) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Good => Path.Combine(line.Data, "train", "good", "000.png");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Exit_codes_follow_the_verdicts()
    {
        Assert.Equal(0, Gonogo.Run("inspect", line.Model, Good, "--threshold", "1e9").Code);
        Assert.Equal(3, Gonogo.Run("inspect", line.Model, Good, "--threshold", "-1e9").Code);
    }

    [Fact]
    public void A_score_at_the_threshold_is_no_go()
    {
        string score = JsonDocument.Parse(Gonogo.Run("inspect", line.Model, Good, "--json").Out).RootElement.GetProperty("image_score").GetRawText();
        Outcome outcome = Gonogo.Run("inspect", line.Model, Good, "--threshold", score, "--json");
        Assert.Equal(3, outcome.Code);
        using JsonDocument json = JsonDocument.Parse(outcome.Out);
        Assert.Equal("no-go", json.RootElement.GetProperty("verdict").GetString());
        Assert.Equal(50, json.RootElement.GetProperty("display_score").GetDouble());
    }

    [Fact]
    public void Files_come_in_natural_order_and_what_is_no_picture_is_counted()
    {
        foreach (string name in new[] { "part10.png", "part2.png", "part1.png", "sub/part3.png", "notes.txt", "sub/x.csv" })
        {
            _folder.File(name, name.EndsWith("png", StringComparison.Ordinal) ? File.ReadAllBytes(Good) : "x"u8);
        }

        Outcome outcome = Gonogo.Run("inspect", line.Model, _folder.Root, "--threshold", "1e9");
        Assert.Equal(0, outcome.Code);
        string[] names = [.. outcome.OutLines.Where(row => row.StartsWith("go ", StringComparison.Ordinal)).Select(row => Path.GetRelativePath(_folder.Root, row[(row.LastIndexOf(' ') + 1)..].TrimEnd()))];
        Assert.Equal(["part1.png", "part2.png", "part10.png", Path.Combine("sub", "part3.png")], names);
        Assert.Contains("4 pictures: 4 go, 0 no-go; 2 file(s) that are no pictures ignored.", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Globs_are_expanded_here()
    {
        foreach (string name in new[] { "a/part1.png", "a/part2.png", "a/other.png", "b/c/part3.png" })
        {
            _folder.File(name, File.ReadAllBytes(Good));
        }

        Assert.Equal(2, Lines("a/part*.png"));
        Assert.Equal(3, Lines("a/*"));
        Assert.Equal(3, Lines("**/part?.png"));
        Assert.Equal(4, Lines("?"));
        Assert.Equal(4, Lines("**"));
        Gonogo.Refused(1, ["fits no file"], "inspect", line.Model, _folder["*.bmp"]);
        Gonogo.Refused(1, ["no file or folder"], "inspect", line.Model, _folder["missing.png"]);

        int Lines(string glob) => Gonogo.Run("inspect", line.Model, _folder[glob], "--threshold", "1e9", "--json").OutLines.Length;
    }

    [Fact]
    public void JSON_is_one_object_a_line_and_CSV_one_row()
    {
        Outcome json = Gonogo.Run("inspect", line.Model, Path.Combine(line.Data, "test", "good"), "--json", "--threshold", "1e9");
        Assert.Equal(4, json.OutLines.Length);
        foreach (string row in json.OutLines)
        {
            using JsonDocument part = JsonDocument.Parse(row);
            Assert.Equal("go", part.RootElement.GetProperty("verdict").GetString());
        }

        Outcome csv = Gonogo.Run("inspect", line.Model, Path.Combine(line.Data, "test", "good"), "--csv", "--threshold", "1e9");
        Assert.Equal(5, csv.OutLines.Length);
        Assert.Equal("picture,verdict,image_score,threshold,display_score,heatmap,error,defect_count", csv.OutLines[0].TrimEnd());
        Assert.All(csv.OutLines.Skip(1), row => Assert.Contains(".png,go,", row, StringComparison.Ordinal));
        Gonogo.Refused(2, ["--json", "--csv"], "inspect", line.Model, Good, "--json", "--csv");
    }

    [Fact]
    public void Defects_are_the_regions_of_the_map_above_the_pixel_threshold()
    {
        string model = _folder["copy.gonogo"];
        File.Copy(line.Model, model);
        // Pictures of 80 x 48: a map pixel of 64 x 64 is 1.25 x 0.75 pixels of the picture.
        string picture = _folder.File("part.png", TestPictures.Png(80, 48, 1));
        using (Inspector inspector = Inspector.Load(model))
        {
            float[] map = inspector.Inspect(picture).Map.Values;
            string threshold = map.Order().ElementAt(map.Length * 9 / 10).ToString("R", System.Globalization.CultureInfo.InvariantCulture);
            Gonogo.Do("threshold", model, "--pixel", "--value", threshold);
        }

        Outcome outcome = Gonogo.Run("inspect", model, picture, "--threshold", "-1e9", "--json");
        using JsonDocument json = JsonDocument.Parse(outcome.Out);
        using Inspector judge = Inspector.Load(model);
        Inspection inspection = judge.Inspect(picture);
        JsonElement[] defects = [.. json.RootElement.GetProperty("defects").EnumerateArray()];
        Assert.NotEmpty(defects);
        Assert.Equal(inspection.Defects!.Total, json.RootElement.GetProperty("defect_count").GetInt32());
        Assert.Equal(inspection.Map.Values.Max(), defects[0].GetProperty("peak").GetSingle());
        int at = Array.IndexOf(inspection.Map.Values, inspection.Map.Values.Max());
        Assert.Equal((int)(((at % 64) + 0.5) * 1.25), defects[0].GetProperty("peak_x").GetInt32());
        Assert.Equal((int)(((at / 64) + 0.5) * 0.75), defects[0].GetProperty("peak_y").GetInt32());
        Assert.All(defects.Zip(defects.Skip(1)), pair => Assert.True(pair.First.GetProperty("peak").GetSingle() >= pair.Second.GetProperty("peak").GetSingle()));
        Assert.All(defects, defect =>
        {
            int Of(string name) => defect.GetProperty(name).GetInt32();
            Assert.InRange(Of("peak_x"), Of("x"), Of("x") + Of("width") - 1);
            Assert.InRange(Of("peak_y"), Of("y"), Of("y") + Of("height") - 1);
            Assert.True(Of("x") >= 0 && Of("y") >= 0 && Of("x") + Of("width") <= 80 && Of("y") + Of("height") <= 48 && Of("area") >= 1);
        });
        if (defects.Length == inspection.Defects.Total)
        {
            // All together are the tenth of the picture from the threshold on.
            Assert.Equal(inspection.Map.Values.Count(value => value >= judge.PixelThreshold) / 4096d, defects.Sum(defect => defect.GetProperty("share").GetDouble()), 6);
        }

        string text = Gonogo.Run("inspect", model, picture, "--threshold", "-1e9").Out;
        Assert.Contains(FormattableString.Invariant($"{defects[0].GetProperty("width").GetInt32()} x {defects[0].GetProperty("height").GetInt32()} pixels at {defects[0].GetProperty("x").GetInt32()},{defects[0].GetProperty("y").GetInt32()}, peak "), text, StringComparison.Ordinal);
        Assert.DoesNotContain("pixels at", Gonogo.Run("inspect", model, picture, "--threshold", "1e9").Out, StringComparison.Ordinal);
        Assert.Equal($",{inspection.Defects.Total}", Gonogo.Run("inspect", model, picture, "--csv").OutLines[1].TrimEnd()[^(1 + inspection.Defects.Total.ToString(System.Globalization.CultureInfo.InvariantCulture).Length)..]);

        Gonogo.Do("threshold", model, "--pixel", "--value", "1e30");
        Assert.Contains("no pixel reaches the pixel threshold", Gonogo.Run("inspect", model, picture, "--threshold", "-1e9").Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_truncated_picture_stops_the_run_and_is_named()
    {
        byte[] whole = File.ReadAllBytes(Good);
        _folder.File("1.png", whole);
        _folder.File("2.png", whole.AsSpan(0, whole.Length / 2));
        _folder.File("3.png", whole);
        Outcome stopped = Gonogo.Run("inspect", line.Model, _folder.Root, "--threshold", "1e9", "--json");
        Assert.Equal(1, stopped.Code);
        Assert.Single(stopped.OutLines);
        Assert.Contains("2.png", stopped.ErrorLine, StringComparison.Ordinal);
        Assert.Contains("--skip-damaged", stopped.ErrorLine, StringComparison.Ordinal);

        Outcome skipped = Gonogo.Run("inspect", line.Model, _folder.Root, "--threshold", "-1e9", "--json", "--skip-damaged");
        Assert.Equal(1, skipped.Code);
        Assert.Equal(3, skipped.OutLines.Length);
        using JsonDocument damaged = JsonDocument.Parse(skipped.OutLines[1]);
        Assert.Equal(JsonValueKind.Null, damaged.RootElement.GetProperty("verdict").ValueKind);
        Assert.Contains("2.png", damaged.RootElement.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Contains("1 picture(s) could not be read", skipped.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_sizes_and_channels_are_judged_with_one_warning()
    {
        _folder.File("1.png", TestPictures.Png(80, 64, 3));
        _folder.File("2.png", TestPictures.Png(64, 64, 1));
        _folder.File("3.png", TestPictures.Png(30, 200, 1));
        Outcome outcome = Gonogo.Run("inspect", line.Model, _folder.Root, "--threshold", "1e9");
        Assert.Equal(0, outcome.Code);
        string warning = Assert.Single(outcome.Error.Split('\n'), row => row.Contains("warning", StringComparison.Ordinal));
        Assert.Contains("size 80 x 64, trained on 64 x 64", warning, StringComparison.Ordinal);
        Assert.DoesNotContain("warning", Gonogo.Run("inspect", line.Model, _folder.Root, "--threshold", "1e9", "--quiet").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Memory_does_not_grow_with_the_number_of_pictures()
    {
        byte[] picture = File.ReadAllBytes(Good);
        for (int i = 0; i < 1000; i++)
        {
            _folder.File($"{i}.png", picture);
        }

        using var measuring = new MeasuringWriter();
        Assert.Equal(0, Cli.CommandLine.Run(["inspect", line.Model, _folder.Root, "--threshold", "1e9", "--json"], measuring, TextWriter.Null));
        Assert.Equal(1000, measuring.Lines);
        long growth = measuring.AtEnd - measuring.AfterHundred;
        Assert.True(growth < 1 << 20, $"{growth} bytes more after 1,000 pictures than after 100");
    }

    /// <summary>Looks at the managed memory after 100 and after 1,000 lines and forgets what it is told.</summary>
    private sealed class MeasuringWriter : StringWriter
    {
        public int Lines { get; private set; }

        public long AfterHundred { get; private set; }

        public long AtEnd { get; private set; }

        public override void WriteLine(string? value)
        {
            Lines++;
            if (Lines == 100)
            {
                AfterHundred = GC.GetTotalMemory(forceFullCollection: true);
            }
            else if (Lines == 1000)
            {
                AtEnd = GC.GetTotalMemory(forceFullCollection: true);
            }
        }
    }
}
