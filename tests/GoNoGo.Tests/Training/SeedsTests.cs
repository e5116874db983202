using System.Text.Json;
using GoNoGo.Detection.Models;
using GoNoGo.Detection.Options;
using GoNoGo.Detection.Training;
using GoNoGo.Tensors.Formats;
using GoNoGo.Testing.SyntheticData;
using GoNoGo.Training;
using GoNoGo.Vision.Datasets.Synthetic;
using Xunit;

namespace GoNoGo.Tests.Training;

/// <summary>Trainings with several seeds.</summary>
public sealed class SeedsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public SeedsTests() => ProductLine.Write(
        _folder["line"], new ProductLineOptions { Size = 64, TrainGood = 15, TestGood = 1, TestDefective = 1, Seed = 3 });

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("vtadl")]
    [InlineData("autoencoder")]
    public void TheBestIsKept_AsIfTrainedAlone_HoweverOftenItWasStopped(string detector)
    {
        TrainRequest request = Request(detector, "whole.gonogo") with { Seed = 5, SeedCount = 3 };
        TrainResult whole = Trainer.Run(request, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal([5UL, 6, 7], whole.Seeds.Select(result => result.Seed));
        SeedResult best = whole.Seeds.MinBy(result => result.Training!.BestLoss)!;
        Assert.Equal(best.Seed, whole.Manifest.Seed);
        Assert.Equal(3, whole.Seeds.Select(result => result.Loss).Distinct().Count());
        Assert.All(whole.Seeds, result => Assert.True(result.HeldOutMedian <= result.HeldOutHighest && result.ImageThreshold > result.HeldOutHighest));

        TrainRequest alone = Request(detector, "alone.gonogo") with { Seed = best.Seed };
        Assert.Equal(best, Trainer.Run(alone, cancellation: TestContext.Current.CancellationToken).Seeds[0]);
        Assert.Equal(File.ReadAllBytes(alone.Output), File.ReadAllBytes(request.Output));

        TrainRequest stopped = Request(detector, "stopped.gonogo") with { Seed = 5, SeedCount = 3 };
        TrainResult? resumed = null;
        int stops = 0;
        for (; resumed is null; stops++)
        {
            // 27 batches in all, 9 a seed.
            int after = 4 + (stops % 3);
            using var stop = new CancellationTokenSource();
            try
            {
                resumed = Trainer.Run(
                    stopped with { Resume = stops > 0 },
                    progress =>
                    {
                        if (!progress.IsEpochEnd && --after == 0)
                        {
                            stop.Cancel();
                        }
                    },
                    stop.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.True(Checkpoints.Exists(stopped.Output + Trainer.CheckpointExtension));
                Assert.False(File.Exists(stopped.Output));
            }
        }

        Assert.True(stops >= 4, $"stopped only {stops} times");
        Assert.Equal(File.ReadAllBytes(request.Output), File.ReadAllBytes(stopped.Output));
        Assert.Equal(whole.Seeds, resumed.Seeds);
        Assert.False(Directory.Exists(stopped.Output + Trainer.CheckpointExtension));
    }

    [Fact]
    public void FinishedSeedsAreNotTrainedAgain_AndMoreMayFollow()
    {
        TrainRequest request = Request("autoencoder", "a.gonogo") with { SeedCount = 2 };
        StopIn(request, run: 1);
        string folder = request.Output + Trainer.CheckpointExtension;
        Assert.True(File.Exists(Path.Combine(folder, "seed-1.gonogo")));
        var seen = new List<ulong?>();
        TrainResult result = Trainer.Run(request with { Resume = true, SeedCount = 3 }, progress => seen.Add(progress.Seed), TestContext.Current.CancellationToken);
        Assert.Equal([2UL, 3UL], seen.Distinct());
        Assert.Equal(3, result.Seeds.Count);
        string[] log = File.ReadAllLines(_folder["a.log.jsonl"]);
        Assert.Equal(["1", "2", "3"], log.Select(row => JsonDocument.Parse(row).RootElement).Where(row => row.GetProperty("event").GetString() == "seed").Select(row => row.GetProperty("seed").GetRawText()));
    }

    [Fact]
    public void AnotherTraining_IsRefused()
    {
        TrainRequest request = Request("autoencoder", "a.gonogo") with { SeedCount = 2 };
        StopIn(request, run: 1);
        Refused<FileWriteException>(request with { SeedCount = 1, Resume = true }, "several seeds");
        Refused<FileWriteException>(request, "--resume");
        Refused<ModelException>(request with { Seed = 2, Resume = true }, "seed: 1 there, 2 now");
        Refused<ModelException>(request with { Settings = [.. request.Settings, "max-epochs=4"], Resume = true }, "option max-epochs: 3 there, 4 now");
        File.WriteAllText(Path.Combine(request.Output + Trainer.CheckpointExtension, "seeds.json"), "{\"identity\":{},\"seeds\":[null]}");
        Refused<ModelException>(request with { Resume = true }, "damaged");
        Trainer.Run(request with { Force = true }, cancellation: TestContext.Current.CancellationToken);

        TrainRequest one = Request("autoencoder", "b.gonogo");
        StopIn(one, run: 0);
        Refused<FileWriteException>(one with { SeedCount = 2, Resume = true }, "without --seeds");
        Refused<OptionException>(one with { SeedCount = 0 }, "at least 1");
        Refused<OptionException>(one with { Seed = ulong.MaxValue, SeedCount = 2 }, "beyond");
    }

    [Fact]
    public void TheTimeIsSharedByAllSeeds()
    {
        TrainRequest request = Request("autoencoder", "a.gonogo") with { SeedCount = 3, MaxMinutes = 0 };
        TrainResult result = Trainer.Run(request, cancellation: TestContext.Current.CancellationToken);
        Assert.All(result.Seeds, seed => Assert.Equal("max-minutes", seed.Training!.StopReason));
    }

    [Fact]
    public void TheBest_IsTheSmallestLoss_TheFirstOfEqualOnesAndOfThoseWithout()
    {
        Assert.Equal(2UL, SeedResult.Best([Result(1, 0.5), Result(2, -1), Result(3, -1)])!.Seed);
        Assert.Equal(1UL, SeedResult.Best([Result(2, null), Result(1, null)])!.Seed);
        Assert.Equal(3UL, SeedResult.Best([Result(1, double.NaN), Result(3, 7)])!.Seed);
        Assert.Null(SeedResult.Best([new SeedResult(1, null, null, null, null, "failed")]));

        static SeedResult Result(ulong seed, double? loss) => new(seed, new TrainingOutcome(1, 0, loss, "max-epochs"), null, null, null);
    }

    [Fact]
    public void TheSpread_IsOfFiniteNumbers()
    {
        Assert.Equal(new Spread(3, 2, 1, 1, 3), Spread.Of([1, null, 2, double.NaN, 3]));
        Assert.True(double.IsNaN(Spread.Of([1]).Deviation));
        Assert.Equal(0, Spread.Of([]).Count);
    }

    private static void Refused<T>(TrainRequest request, string words)
        where T : Exception
    {
        T refusal = Assert.Throws<T>(() => Trainer.Run(request, cancellation: TestContext.Current.CancellationToken));
        Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>Stops in the middle of one of the seeds.</summary>
    private static void StopIn(TrainRequest request, int run)
    {
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Trainer.Run(
            request,
            progress =>
            {
                if (progress is { Batch: 2 } && progress.Run == run)
                {
                    stop.Cancel();
                }
            },
            stop.Token));
    }

    private TrainRequest Request(string detector, string output) => new(_folder["line"], _folder[output])
    {
        Detector = detector,
        Settings = detector == "vtadl"
            ? ["size=64", "patch=16", "width=32", "depth=1", "heads=2", "mlp-width=32", "decoder-layers=3", "code=512", "gaussians=4", "batch-size=4", "max-epochs=3"]
            : ["size=64", "batch-size=4", "max-epochs=3"],
    };
}
