using GoNoGo.Detection.Detectors;
using GoNoGo.Detection.Models;
using GoNoGo.Detection.Training;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Parallel;
using GoNoGo.Tensors.Random;
using GoNoGo.Testing;
using Xunit;

namespace GoNoGo.Detection.Tests.Detectors;

/// <summary>What every detector of the catalog must do, on pictures that are made up here.</summary>
[Collection("vector width")]
public sealed class DetectorContractTests
{
    /// <summary>Settings that make each detector small enough for a test.</summary>
    internal static readonly Dictionary<string, string[]> Tiny = new()
    {
        ["vtadl"] = ["size=32", "patch=8", "width=16", "depth=1", "heads=2", "mlp-width=16", "decoder-layers=2", "code=128", "gaussians=5", "max-epochs=3", "batch-size=4", "learning-rate=0.001"],
        ["autoencoder"] = ["size=32", "latent=6", "max-epochs=3", "batch-size=4", "learning-rate=0.001"],
        ["padim"] = ["features=20"],
        ["flow"] = ["steps=2", "max-epochs=3", "batch-size=4"],
        ["gmm-em"] = ["components=3", "covariance=full", "pca-features=40", "patches=400"],
        ["patchcore"] = ["coreset=0.2", "projection=16", "neighbours=3"],
        ["gmm"] = ["gaussians=5", "max-epochs=3", "batch-size=4", "learning-rate=0.001"],
    };

    /// <summary>Detectors that checkpoints can interrupt.</summary>
    public static TheoryData<string, string> InEpochs()
    {
        var data = new TheoryData<string, string>();
        foreach (DetectorEntry entry in DetectorCatalog.Entries.Where(entry => entry.TrainsInEpochs))
        {
            foreach (string preset in entry.Options.PresetNames)
            {
                data.Add(entry.Id, preset);
            }
        }

        return data;
    }

    public static TheoryData<string, string> Detectors()
    {
        var data = new TheoryData<string, string>();
        foreach (DetectorEntry entry in DetectorCatalog.Entries)
        {
            foreach (string preset in entry.Options.PresetNames)
            {
                data.Add(entry.Id, preset);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Detectors))]
    public void FitsScoresSavesAndLoads(string id, string preset)
    {
        using IDetector detector = Make(id, preset);
        using var pictures = new MadeUpPictures(detector.Preprocessing, 10);
        TrainingOutcome outcome = detector.Fit(pictures.Take(0, 8), pictures.Take(8, 2), new TrainingControl { Seed = 3 });
        bool inEpochs = DetectorCatalog.Find(id).TrainsInEpochs;
        Assert.Equal(inEpochs ? 3 : 1, outcome.Epochs);
        Assert.Equal(inEpochs || id == "gmm-em", outcome.BestLoss is not null);

        (float[] scores, float[] maps) = Score(detector, pictures.All);
        Assert.All(scores, score => Assert.True(float.IsFinite(score)));
        Assert.All(maps, value => Assert.True(float.IsFinite(value)));
        Assert.True(scores.Distinct().Count() > 1, "all pictures have the same score");

        string path = Path.Combine(Path.GetTempPath(), $"gonogo-{Guid.NewGuid():N}.gonogo");
        try
        {
            ModelFile.Write(path, ManifestOf(detector, outcome), detector, new Calibration(scores, scores), backbone: TinyBackbone.Bundle(detector));
            using LoadedModel loaded = ModelFile.Load(path);
            (float[] again, float[] mapsAgain) = Score(loaded.Detector, pictures.All);
            TensorAssert.SameBits(scores, again);
            TensorAssert.SameBits(maps, mapsAgain);
            Assert.Equal(detector.Options.Values, loaded.Detector.Options.Values);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [MemberData(nameof(Detectors))]
    public void AScoreDoesNotDependOnTheBatch(string id, string preset)
    {
        using IDetector detector = Make(id, preset);
        using var pictures = new MadeUpPictures(detector.Preprocessing, 7);
        detector.Fit(pictures.Take(0, 7), pictures.Take(0, 0), new TrainingControl { Seed = 3 });
        (float[] together, float[] maps) = Score(detector, pictures.All);
        if (detector.BatchDependence is not null)
        {
            // Said, and so; such a model judges no part.
            Assert.NotEqual("default", preset);
            Assert.NotEqual(together, Enumerable.Range(0, 7).Select(i => Score(detector, pictures.All.Slice(i, 1)).Scores[0]));
            return;
        }

        for (int i = 0; i < 7; i++)
        {
            (float[] alone, float[] map) = Score(detector, pictures.All.Slice(i, 1));
            Assert.Equal(together[i], alone[0]);
            TensorAssert.SameBits(maps.AsSpan(i * map.Length, map.Length), map);
        }
    }

    /// <summary>A mask of ones changes nothing, different parts of a picture have different scores, and no memory is allocated.</summary>
    [Theory]
    [MemberData(nameof(Detectors))]
    public void TheImageScoreLooksAtJudgedPixels(string id, string preset)
    {
        using IDetector detector = Make(id, preset);
        using var pictures = new MadeUpPictures(detector.Preprocessing, 4);
        detector.Fit(pictures.Take(0, 4), pictures.Take(0, 0), new TrainingControl { Seed = 3 });
        int side = detector.MapWidth;
        var judged = new byte[4 * side * side];
        using var scope = new TensorScope();
        Tensor maps = scope.New(new Shape(4, side, side));
        float[] Scored(byte[] mask)
        {
            var scores = new float[4];
            detector.Score(pictures.All, mask, scores, maps);
            return scores;
        }

        float[] all = Scored([]);
        judged.AsSpan().Fill(1);
        float[] ones = Scored(judged);
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal(all[i], ones[i], 1e-3f * Math.Max(1, MathF.Abs(all[i])));
        }

        float[] upper = Scored(Quarter(0));
        float[] lower = Scored(Quarter(side / 2));
        Assert.All(upper.Concat(lower), score => Assert.True(float.IsFinite(score)));
        Assert.NotEqual(upper, lower);
        var kept = new float[4];
        Assert.Equal(0, SteadyAllocation.Of(warmUp: 0, calls: 1, () => detector.Score(pictures.All, judged, kept, maps)));

        byte[] Quarter(int from)
        {
            judged.AsSpan().Clear();
            for (int b = 0; b < 4; b++)
            {
                for (int y = from; y < from + (side / 2); y++)
                {
                    judged.AsSpan((((b * side) + y) * side) + from, side / 2).Fill(1);
                }
            }

            return judged;
        }
    }

    [Theory]
    [MemberData(nameof(Detectors))]
    public void ScoringAllocatesNoManagedMemoryInTheSteadyState(string id, string preset)
    {
        using IDetector detector = Make(id, preset);
        using var pictures = new MadeUpPictures(detector.Preprocessing, 4);
        detector.Fit(pictures.Take(0, 4), pictures.Take(0, 0), new TrainingControl { Seed = 3 });
        using var scope = new TensorScope();
        Tensor maps = scope.New(new Shape(4, detector.MapHeight, detector.MapWidth));
        var scores = new float[4];
        Assert.Equal(0, SteadyAllocation.Of(warmUp: 3, calls: 1, () => detector.Score(pictures.All, scores, maps)));
    }

    [Theory]
    [MemberData(nameof(InEpochs))]
    public void ATrainingStepAllocatesAtMost64Kilobytes(string id, string preset)
    {
        using IDetector detector = Make(id, preset);
        using var pictures = new MadeUpPictures(detector.Preprocessing, 8);
        var marks = new List<long>(16);
        detector.Fit(pictures.Take(0, 8), pictures.Take(0, 0), new TrainingControl
        {
            Seed = 3,
            Progress = report => marks.Add(GC.GetAllocatedBytesForCurrentThread()),
        });
        // Two batches an epoch and one report at its end: the last two batches of three epochs follow each other directly.
        Assert.InRange(marks[^2] - marks[^3], 0, 64 * 1024);
    }

    [Theory]
    [MemberData(nameof(Detectors))]
    public void ThreadsDoNotChangeWhatIsLearned(string id, string preset)
    {
        int before = Workers.ThreadCount;
        try
        {
            float[][] results = [.. new[] { 1, 2, 3 }.Select(threads =>
            {
                Workers.ThreadCount = threads;
                return Learn(id, preset, control => control);
            })];
            TensorAssert.SameBits(results[0], results[1], "1 and 2 threads");
            TensorAssert.SameBits(results[0], results[2], "1 and 3 threads");
        }
        finally
        {
            Workers.ThreadCount = before;
        }
    }

    [Theory]
    [MemberData(nameof(InEpochs))]
    public void AnInterruptedTrainingGoesOnToTheSameBytes(string id, string preset)
    {
        float[] whole = Learn(id, preset, control => control);
        // Steps at which the training is interrupted: inside an epoch, at its end, and twice in one run.
        foreach (int[] stops in new[] { new[] { 1 }, [2], [3, 5], [4] })
        {
            string folder = Path.Combine(Path.GetTempPath(), $"gonogo-{Guid.NewGuid():N}.checkpoint");
            float[]? resumed = null;
            int steps = 0;
            for (int run = 0; run <= stops.Length; run++)
            {
                using var cancellation = new CancellationTokenSource();
                try
                {
                    int stop = run < stops.Length ? stops[run] : int.MaxValue;
                    resumed = Learn(id, preset, control => control with
                    {
                        CheckpointFolder = folder,
                        Resume = run > 0,
                        Cancellation = cancellation.Token,
                        Progress = report =>
                        {
                            if (!report.IsEpochEnd && ++steps == stop)
                            {
                                cancellation.Cancel();
                            }
                        },
                    });
                    Assert.Equal(stops.Length, run);
                }
                catch (OperationCanceledException)
                {
                    Assert.True(Checkpoints.Exists(folder));
                }
            }

            Checkpoints.Remove(folder);
            Assert.False(Directory.Exists(folder));
            TensorAssert.SameBits(whole, resumed, $"stopped after steps {string.Join(", ", stops)}");
        }
    }

    [Fact]
    public void ACheckpointOfAnotherTrainingIsRefusedWithTheDifference()
    {
        string folder = Path.Combine(Path.GetTempPath(), $"gonogo-{Guid.NewGuid():N}.checkpoint");
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => Learn("autoencoder", "default", control => control with
        {
            CheckpointFolder = folder,
            Cancellation = cancellation.Token,
            Identity = new Dictionary<string, string> { ["seed"] = "3" },
        }));
        ModelException exception = Assert.Throws<ModelException>(() => Learn("autoencoder", "default", control => control with
        {
            CheckpointFolder = folder,
            Resume = true,
            Identity = new Dictionary<string, string> { ["seed"] = "4" },
        }));
        Assert.Contains("seed: 3 there, 4 now", exception.Message, StringComparison.Ordinal);
        Checkpoints.Remove(folder);
    }

    /// <summary>Trains and returns every number of the model.</summary>
    private static float[] Learn(string id, string preset, Func<TrainingControl, TrainingControl> with)
    {
        using IDetector detector = Make(id, preset);
        using var pictures = new MadeUpPictures(detector.Preprocessing, 10);
        detector.Fit(pictures.Take(0, 8), pictures.Take(8, 2), with(new TrainingControl { Seed = 3 }));
        return [.. detector.Parameters.SelectMany(parameter => parameter.Value.ToArray()), .. detector.Buffers.SelectMany(buffer => buffer.Value.ToArray())];
    }

    private static IDetector Make(string id, string preset)
    {
        DetectorEntry entry = DetectorCatalog.Find(id);
        var scope = new TensorScope();
        return entry.Create(entry.Options.Create(preset, Tiny[id]), WeightSource.Fresh(scope, 3), scope, null, entry.UsesBackbone ? TinyBackbone.Open() : null);
    }

    private static (float[] Scores, float[] Maps) Score(IDetector detector, Tensor images)
    {
        using var scope = new TensorScope();
        int count = images.Shape[0];
        Tensor maps = scope.New(new Shape(count, detector.MapHeight, detector.MapWidth));
        var scores = new float[count];
        detector.Score(images, scores, maps);
        return (scores, maps.ToArray());
    }

    private static Manifest ManifestOf(IDetector detector, TrainingOutcome outcome) => new()
    {
        FormatVersion = Manifest.CurrentFormat,
        Detector = detector.Id,
        Options = new SortedDictionary<string, string>(detector.Options.Values.ToDictionary(), StringComparer.Ordinal),
        Preprocessing = detector.Preprocessing,
        Backbone = TinyBackbone.Stored(detector),
        Category = "made-up",
        Seed = 3,
        TrainingData = new TrainingData(8, 2, 24, "", [32, 32], [32, 32], [3]),
        Training = outcome,
        MapWidth = detector.MapWidth,
        MapHeight = detector.MapHeight,
        Statistics = detector.Statistics,
    };

    /// <summary>Noise over a slope that differs from picture to picture.</summary>
    internal sealed class MadeUpPictures : IDisposable
    {
        private readonly TensorScope _scope = new();

        public MadeUpPictures(Vision.Imaging.Preprocessing preprocessing, int count)
        {
            All = _scope.New(new Shape(count, preprocessing.Channels, preprocessing.Height, preprocessing.Width));
            new RandomStream(11, "pictures").FillUniform(0, 0.5, All);
            for (int i = 0; i < count; i++)
            {
                Span<float> values = All[i].Span;
                for (int at = 0; at < values.Length; at++)
                {
                    values[at] += 0.5f * (at % preprocessing.Width) / preprocessing.Width * (i + 1) / count;
                }
            }
        }

        public Tensor All { get; }

        public IPictureSource Take(int start, int count) => new PictureMemory(count == 0 ? default : All.Slice(start, count));

        public void Dispose() => _scope.Dispose();
    }
}
