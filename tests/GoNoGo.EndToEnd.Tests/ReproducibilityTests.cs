using System.Diagnostics;
using GoNoGo.Testing.SyntheticData;

namespace GoNoGo.EndToEnd.Tests;

/// <summary>Same seed, same build, same vector width: the same model bytes, whatever the threads, however often it was killed.</summary>
public sealed class ReproducibilityTests(SampleLine line) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("1")]
    [InlineData("2")]
    [InlineData("3")]
    public void Any_number_of_threads_gives_the_same_bytes(string threads)
    {
        string model = _folder["model.gonogo"];
        Gonogo.Do(line.Train(model, "--epochs", "2", "--threads", threads));
        Assert.Equal(File.ReadAllBytes(line.Model), File.ReadAllBytes(model));
    }

    [Fact]
    public void Another_seed_gives_another_model()
    {
        string model = _folder["model.gonogo"];
        Gonogo.Do(line.Train(model, "--epochs", "2", "--seed", "2"));
        Assert.NotEqual(File.ReadAllBytes(line.Model), File.ReadAllBytes(model));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void An_interrupted_training_goes_on_to_the_same_bytes(int epochs)
    {
        string whole = _folder["whole.gonogo"];
        Gonogo.Do(line.Train(whole, "--epochs", "4"));
        string model = _folder["model.gonogo"];
        using var stop = new CancellationTokenSource();
        using var output = new StringWriter();
        using var error = new CancellingWriter($"epoch {epochs}/4", stop);
        int code = Cli.CommandLine.Run(line.Train(model, "--epochs", "4"), output, error, stop.Token);
        Assert.Equal(130, code);
        Assert.Contains("the checkpoint is kept, go on with: gonogo train --data", error.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("--resume", error.ToString().TrimEnd(), StringComparison.Ordinal);
        Assert.DoesNotContain("error:", error.ToString(), StringComparison.Ordinal);
        Assert.False(File.Exists(model));
        Assert.True(Directory.Exists(model + ".checkpoint"));

        string refused = Gonogo.Refused(1, ["--resume", "--force", ".checkpoint"], line.Train(model, "--epochs", "4"));
        Assert.Contains("interrupted training", refused, StringComparison.Ordinal);
        Gonogo.Refused(1, ["seed: 1 there, 2 now"], line.Train(model, "--epochs", "4", "--resume", "--seed", "2"));
        Gonogo.Refused(1, ["option gaussians: 4 there, 5 now"], line.Train(model, "--epochs", "4", "--resume", "--set", "gaussians=5"));

        Gonogo.Do(line.Train(model, "--epochs", "4", "--resume"));
        Assert.Equal(File.ReadAllBytes(whole), File.ReadAllBytes(model));
        Assert.False(Directory.Exists(model + ".checkpoint"));
    }

    [Fact]
    public void Beginning_anew_over_a_checkpoint_forgets_it()
    {
        string model = _folder["model.gonogo"];
        using (var stop = new CancellationTokenSource())
        {
            using var error = new CancellingWriter("epoch 1/2", stop);
            Assert.Equal(130, Cli.CommandLine.Run(line.Train(model, "--epochs", "2", "--seed", "7"), TextWriter.Null, error, stop.Token));
        }

        Gonogo.Do(line.Train(model, "--epochs", "2", "--force"));
        Assert.Equal(File.ReadAllBytes(line.Model), File.ReadAllBytes(model));
    }

    [Fact]
    public void Resuming_what_has_ended_does_not_train_again()
    {
        string model = _folder["model.gonogo"];
        Gonogo.Do(line.Train(model, "--epochs", "2"));
        Gonogo.Refused(1, ["holds no checkpoint", "--force"], line.Train(model, "--epochs", "2", "--resume"));
    }

    /// <summary>A process ended without warning, at whatever moment it was: the checkpoint on disk is enough.</summary>
    [Fact]
    public void A_killed_process_goes_on_to_the_same_bytes()
    {
        string whole = _folder["whole.gonogo"];
        string[] more = ["--epochs", "12"];
        Gonogo.Do(line.Train(whole, more));
        string model = _folder["model.gonogo"];
        string[] args = line.Train(model, [.. more, "--checkpoint-minutes", "0"]);
        using (Process process = ChildProcess.Start(args))
        {
            while (process.StandardError.ReadLine() is { } text && !text.StartsWith("epoch 3/12", StringComparison.Ordinal))
            {
            }

            process.Kill();
            process.WaitForExit();
            Assert.NotEqual(0, process.ExitCode);
        }

        Assert.False(File.Exists(model));
        // As a process leaves it that is killed in the middle of writing.
        _folder.File("model.gonogo.checkpoint/.a.safetensors.0123456789abcdef.tmp", "half"u8);
        Outcome resumed = Gonogo.Do([.. args, "--resume"]);
        Assert.DoesNotContain("epoch 1/12", resumed.Error, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(whole), File.ReadAllBytes(model));
        Assert.False(Directory.Exists(model + ".checkpoint"));
    }

    [Fact]
    public void A_killed_process_with_several_seeds_goes_on_to_the_same_bytes()
    {
        string whole = _folder["whole.gonogo"];
        string[] more = ["--epochs", "6", "--seeds", "3", "--seed", "2"];
        Outcome table = Gonogo.Do(line.Train(whole, more));
        Assert.Contains("(kept)", table.Out, StringComparison.Ordinal);
        Assert.Contains("deviation", table.Out, StringComparison.Ordinal);
        string model = _folder["model.gonogo"];
        string[] args = line.Train(model, [.. more, "--checkpoint-minutes", "0"]);
        using (Process process = ChildProcess.Start(args))
        {
            // In the middle of the second seed.
            bool isSecond = false;
            while (process.StandardError.ReadLine() is { } text && !(isSecond && text.StartsWith("epoch 2/6", StringComparison.Ordinal)))
            {
                isSecond |= text.StartsWith("seed 3 (2 of 3)", StringComparison.Ordinal);
            }

            process.Kill();
            process.WaitForExit();
            Assert.NotEqual(0, process.ExitCode);
        }

        Assert.False(File.Exists(model));
        _folder.File("model.gonogo.checkpoint/.seed-3.gonogo.0123456789abcdef.tmp", "half"u8);
        Outcome resumed = Gonogo.Do([.. args, "--resume"]);
        Assert.DoesNotContain("seed 2 (1 of 3)", resumed.Error, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(whole), File.ReadAllBytes(model));
        Assert.Equal(table.Out.Split('\n')[^6..], resumed.Out.Split('\n')[^6..]);
        Assert.False(Directory.Exists(model + ".checkpoint"));
    }

    [Fact]
    public void SIGTERM_keeps_a_checkpoint_and_ends_with_130()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "needs POSIX signals");
        string model = _folder["model.gonogo"];
        using Process process = ChildProcess.Start(line.Train(model, "--epochs", "100000"));
        while (process.StandardError.ReadLine() is { } text && !text.StartsWith("epoch 1/", StringComparison.Ordinal))
        {
        }

        using (Process kill = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
        {
            kill.WaitForExit();
        }

        string rest = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(130, process.ExitCode);
        Assert.Contains("--resume", rest, StringComparison.Ordinal);
        Assert.True(Directory.Exists(model + ".checkpoint"));
    }

    /// <summary>Cancels when a line begins with the given words.</summary>
    private sealed class CancellingWriter(string words, CancellationTokenSource stop) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value!.StartsWith(words, StringComparison.Ordinal))
            {
                stop.Cancel();
            }
        }
    }
}
