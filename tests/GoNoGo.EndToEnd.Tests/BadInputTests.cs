using System.Diagnostics;
using System.Text;
using GoNoGo.Testing.SyntheticData;

namespace GoNoGo.EndToEnd.Tests;

/// <summary>What goes wrong outside of the program: one sentence, the right exit code, nothing lost.</summary>
public sealed class BadInputTests(SampleLine line) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Output => _folder["out.gonogo"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_empty_folder()
    {
        string empty = _folder.Folder("empty");
        TrainRefused(1, ["empty folder"], empty);
        Gonogo.Refused(1, ["empty folder"], "data", "describe", empty);
        Gonogo.Refused(1, ["empty folder"], "evaluate", line.Model, "--data", empty);
        Gonogo.Refused(1, ["no picture"], "inspect", line.Model, empty);
    }

    [Fact]
    public void A_missing_folder()
    {
        TrainRefused(1, ["no such folder"], _folder["nowhere"]);
        TrainRefused(1, ["regular file"], _folder.File("file", "x"u8));
    }

    [Fact]
    public void No_good_pictures()
    {
        _folder.File("data/bad/a.png", TestPictures.Png());
        _folder.Folder("data/good");
        TrainRefused(1, ["good"], _folder["data"]);
        TrainRefused(1, ["good"], _folder["data/bad"]);
    }

    [Fact]
    public void One_picture_trains_and_says_what_it_cannot_support()
    {
        _folder.File("data/good/a.png", TestPictures.Png(64, 64));
        Outcome outcome = Gonogo.Do(["train", "--data", _folder["data"], "--output", Output, .. SampleLine.Tiny, "--epochs", "1"]);
        Assert.Contains("too few to hold some out", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("no threshold", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("--threshold X", Gonogo.Refused(1, ["has no threshold"], "inspect", Output, _folder["data"]), StringComparison.Ordinal);
        Assert.Equal(0, Gonogo.Run("inspect", Output, _folder["data"], "--threshold", "1e9").Code);
    }

    [Fact]
    public void Mixed_sizes_and_channels_train_with_a_note()
    {
        for (int i = 0; i < 10; i++)
        {
            _folder.File($"data/good/{i}.png", TestPictures.Png(64, i % 2 == 0 ? 40 : 64, i % 2 == 0 ? 1 : 3, i));
        }

        Outcome outcome = Gonogo.Do(["train", "--data", _folder["data"], "--output", Output, .. SampleLine.Tiny, "--epochs", "1"]);
        Assert.Contains("different sizes (64 x 40 to 64 x 64)", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("different numbers of channels (1, 3)", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("sizes", Gonogo.Do("data", "describe", _folder["data"]).Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_truncated_picture_among_good_ones()
    {
        byte[] png = TestPictures.Png(64, 64);
        for (int i = 0; i < 5; i++)
        {
            _folder.File($"data/good/{i}.png", png.AsSpan(0, i == 2 ? png.Length / 2 : png.Length));
        }

        TrainRefused(1, ["2.png"], _folder["data"]);
        Assert.Contains("2.png", Gonogo.Do("data", "describe", _folder["data"]).Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mask_of_another_size()
    {
        Line("scratch/a_mask.png", TestPictures.MaskPng(10, 10));
        Gonogo.Refused(1, ["a_mask.png", "64 x 64", "10 x 10"], "evaluate", line.Model, "--data", _folder["data"]);
    }

    [Fact]
    public void A_mask_without_a_defect_is_evaluated_with_a_note()
    {
        Line("scratch/a_mask.png", TestPictures.MaskPng(64, 64, empty: true));
        Outcome outcome = Gonogo.Do("evaluate", line.Model, "--data", _folder["data"]);
        Assert.Contains("mask without a defect", outcome.Out, StringComparison.Ordinal);
        Assert.Contains("aupro_0.3", outcome.Out, StringComparison.Ordinal);
        Assert.Contains("undefined", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_file_cut_off_at_any_place()
    {
        byte[] whole = File.ReadAllBytes(line.Model);
        foreach (int length in new[] { 0, 4, 100, whole.Length / 2, whole.Length - 1 })
        {
            string cut = _folder.File("cut.gonogo", whole.AsSpan(0, length));
            Gonogo.Refused(1, ["cut.gonogo"], "inspect", cut, line.Data);
            Gonogo.Refused(1, ["cut.gonogo"], "info", cut);
            Gonogo.Refused(1, ["cut.gonogo"], "threshold", cut, "--value", "1");
            Assert.Equal(length, new FileInfo(cut).Length);
        }
    }

    [Fact]
    public void A_model_file_with_a_flipped_byte_in_its_header()
    {
        byte[] whole = File.ReadAllBytes(line.Model);
        int header = 8 + (int)BitConverter.ToInt64(whole, 0);
        for (int at = 0; at < header; at += 1 + (header / 40))
        {
            byte[] flipped = [.. whole];
            flipped[at] ^= 0x15;
            string path = _folder.File("flipped.gonogo", flipped);
            Outcome outcome = Gonogo.Run("info", path);
            Assert.Contains(outcome.Code, new[] { 0, 1 });
            Assert.DoesNotContain("fault of gonogo", outcome.Error, StringComparison.Ordinal);
            if (outcome.Code == 1)
            {
                Assert.Contains("flipped.gonogo", outcome.ErrorLine, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_manifest_of_a_newer_format()
    {
        // The same length, so that the header's length stays right.
        string text = Encoding.Latin1.GetString(File.ReadAllBytes(line.Model));
        string path = _folder.File("newer.gonogo", Encoding.Latin1.GetBytes(text.Replace("formatVersion\\\":1", "formatVersion\\\":9", StringComparison.Ordinal)));
        Gonogo.Refused(1, ["newer.gonogo", "format 9", "newer gonogo"], "inspect", path, line.Data);
        Gonogo.Refused(1, ["newer.gonogo", "format 9"], "threshold", path, "--value", "1");
    }

    [Fact]
    public void A_manifest_of_a_format_that_is_no_longer_read()
    {
        string text = Encoding.Latin1.GetString(File.ReadAllBytes(line.Model));
        string path = _folder.File("older.gonogo", Encoding.Latin1.GetBytes(text.Replace("formatVersion\\\":1", "formatVersion\\\":0", StringComparison.Ordinal)));
        Gonogo.Refused(1, ["older.gonogo", "format 0", "train anew"], "inspect", path, line.Data);
        Gonogo.Refused(1, ["older.gonogo", "format 0"], "info", path);
    }

    [Fact]
    public void A_file_that_is_no_model()
    {
        Gonogo.Refused(1, ["part.png"], "info", _folder.File("part.png", TestPictures.Png()));
        Gonogo.Refused(1, ["no model"], "info", _folder["missing.gonogo"]);
        Gonogo.Refused(1, ["is a folder"], "info", _folder.Root);
    }

    [Theory]
    [InlineData("did you mean 'gaussians'?", "--set", "gausians=3")]
    [InlineData("does not take 'x'", "--set", "gaussians=x")]
    [InlineData("write option=value", "--set", "gaussians")]
    [InlineData("did you mean 'paper-code'?", "--preset", "papercode")]
    [InlineData("did you mean 'vtadl'?", "--detector", "vtald")]
    [InlineData("did you mean '--epochs'?", "--epoch", "3")]
    [InlineData("does not take '0'", "--epochs", "0")]
    [InlineData("does not take '1,5'", "--max-minutes", "1,5")]
    [InlineData("does not take '-1'", "--seed", "-1")]
    [InlineData("category", "--category", "nothing")]
    [InlineData("layout", "--layout", "mvtec")]
    public void Wrong_usage_suggests_the_nearest(string words, params string[] args)
    {
        Gonogo.Refused(2, [words], line.Train(Output, args));
        Assert.False(File.Exists(Output));
        Assert.False(File.Exists(_folder["out.log.jsonl"]));
    }

    [Fact]
    public void Several_categories_are_listed()
    {
        string root = DummyDatasets.Root("mvtec-ad");
        TrainRefused(2, ["bottle, screw", "--category"], root);
        TrainRefused(2, ["did you mean --category bottle?"], root, "--category", "botle");
    }

    [Theory]
    [InlineData("'gonogo' has no verb 'trian'", "trian")]
    [InlineData("'gonogo' needs a verb")]
    [InlineData("'gonogo data' needs a verb", "data")]
    [InlineData("did you mean 'describe'?", "data", "descibe", "x")]
    [InlineData("did you mean '--heatmaps'?", "inspect", "m.gonogo", "--heatmap", "x", "p.png")]
    [InlineData("'--data' is required", "evaluate", "m.gonogo")]
    [InlineData("--threads does not take '0'", "info", "m.gonogo", "--threads", "0")]
    [InlineData("--map-size does not take '512'", "evaluate", "m.gonogo", "--data", "x", "--map-size", "512")]
    [InlineData("either --scores", "metrics")]
    [InlineData("either --scores", "metrics", "--maps", "x")]
    [InlineData("either a model file or --detector", "info")]
    public void Wrong_command_lines(string words, params string[] args) => Gonogo.Refused(2, [words], args);

    [Fact]
    public void An_output_below_a_regular_file()
    {
        string file = _folder.File("file", "mine"u8);
        Gonogo.Refused(1, ["file"], line.Train(Path.Combine(file, "model.gonogo"), "--epochs", "1"));
        Gonogo.Refused(1, ["file"], "threshold", line.Model, "--value", "1", "--output", Path.Combine(file, "sub", "model.gonogo"));
        Assert.Equal("mine", File.ReadAllText(file));
        Gonogo.Refused(1, ["is a folder"], line.Train(_folder.Root, "--epochs", "1"));
    }

    [Fact]
    public void An_existing_model_stays_without_force()
    {
        _folder.File("out.gonogo", "mine"u8);
        Gonogo.Refused(1, ["exists", "--force"], line.Train(Output, "--epochs", "1"));
        Assert.Equal("mine", File.ReadAllText(Output));
        Gonogo.Do(line.Train(Output, "--epochs", "2", "--force"));
        Assert.Equal(File.ReadAllBytes(line.Model), File.ReadAllBytes(Output));
    }

    [Fact]
    public void A_disk_that_fills_up_leaves_the_old_file()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs a small file system of its own");
        const string Script = """
            mount -t tmpfs -o size=$(($(stat -c %s "$2") / 1024 * 3 / 2))k tmpfs "$1" || exit 77
            cp "$2" "$1/model.gonogo" && dotnet "$0" threshold "$1/model.gonogo" --value 3
            code=$?
            cmp -s "$2" "$1/model.gonogo" || exit 78
            [ "$(ls -A "$1")" = model.gonogo ] || exit 79
            exit $code
            """;
        using Process process = ChildProcess.Start("unshare", ["-rm", "sh", "-c", Script, ChildProcess.Program, _folder.Folder("disk"), line.Model]);
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.SkipWhen(process.ExitCode == 77 || error.StartsWith("unshare", StringComparison.Ordinal), "file systems cannot be mounted here");
        Assert.True(process.ExitCode == 1, $"exit code {process.ExitCode}: {error}");
        Assert.StartsWith("gonogo: error: Cannot write '", error, StringComparison.Ordinal);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void A_stack_trace_comes_with_verbose_only()
    {
        Outcome outcome = Gonogo.Run("info", _folder["missing.gonogo"], "--verbose");
        Assert.Equal(1, outcome.Code);
        Assert.Contains("   at GoNoGo.", outcome.Error, StringComparison.Ordinal);
    }

    private void TrainRefused(int code, string[] words, string data, params string[] more)
    {
        Gonogo.Refused(code, words, ["train", "--data", data, "--output", Output, .. SampleLine.Tiny, "--epochs", "1", .. more]);
        Assert.False(File.Exists(Output));
    }

    /// <summary>A plain data set with one defective picture and its mask.</summary>
    private void Line(string mask, byte[] content)
    {
        for (int i = 0; i < 10; i++)
        {
            _folder.File($"data/good/{i}.png", TestPictures.Png(64, 64, 3, i));
        }

        _folder.File("data/bad/scratch/a.png", TestPictures.Png(64, 64, 3, 20));
        _folder.File("data/masks/" + mask, content);
    }
}
