using GoNoGo.Detection.Training;
using GoNoGo.Testing.SyntheticData;
using GoNoGo.Training;
using GoNoGo.Vision.Datasets.Synthetic;

namespace GoNoGo.Tests.Training;

/// <summary>A training stopped after any batch goes on to the same bytes, again and again.</summary>
public sealed class ResumeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ResumeTests() => ProductLine.Write(
        _folder["line"], new ProductLineOptions { Size = 64, TrainGood = 15, TestGood = 1, TestDefective = 1, Seed = 3 });

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("vtadl", "default", 1)]
    [InlineData("vtadl", "default", 2)]
    [InlineData("vtadl", "paper-code", 3)]
    [InlineData("autoencoder", "default", 4)]
    public void Stopped_at_random_batches(string detector, string preset, int seed)
    {
        TrainRequest request = Request(detector, preset, "whole.gonogo");
        Trainer.Run(request);

        TrainRequest stopped = Request(detector, preset, "stopped.gonogo");
        int stops = 0;
        bool ends = false;
        while (!ends)
        {
            // 9 batches in all: three stops or so before the end.
            int after = 1 + (((seed * 7) + (stops * 5)) % 4);
            using var stop = new CancellationTokenSource();
            try
            {
                Trainer.Run(
                    stopped with { Resume = stops > 0 },
                    progress =>
                    {
                        if (!progress.IsEpochEnd && --after == 0)
                        {
                            stop.Cancel();
                        }
                    },
                    stop.Token);
                ends = true;
            }
            catch (OperationCanceledException)
            {
                stops++;
                Assert.True(Checkpoints.Exists(stopped.Output + Trainer.CheckpointExtension));
            }
        }

        Assert.True(stops >= 2, $"stopped only {stops} times");
        Assert.Equal(File.ReadAllBytes(request.Output), File.ReadAllBytes(stopped.Output));
        Assert.False(Checkpoints.Exists(stopped.Output + Trainer.CheckpointExtension));
    }

    private TrainRequest Request(string detector, string preset, string output) => new(_folder["line"], _folder[output])
    {
        Detector = detector,
        Preset = preset,
        Settings = detector == "vtadl"
            ? ["size=64", "patch=16", "width=32", "depth=1", "heads=2", "mlp-width=32", "decoder-layers=3", "code=512", "gaussians=4", "batch-size=4", "max-epochs=3"]
            : ["size=64", "batch-size=4", "max-epochs=3"],
    };
}
