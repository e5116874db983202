using GoNoGo.Detection.Detectors;
using GoNoGo.Detection.Detectors.Features;
using GoNoGo.Detection.Training;
using GoNoGo.Learning.Graphs.Onnx;
using GoNoGo.Learning.Graphs.Onnx.Evaluation;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Testing;
using Xunit;

namespace GoNoGo.Detection.Tests.Detectors;

/// <summary>An exported detector computes its scores and maps: read back in double precision, and in ONNX Runtime.</summary>
public sealed class DetectorExportTests
{
    private const double Limit = 1e-5;
    private const int Pictures = 3;

    /// <summary>Every detector of the catalog.</summary>
    public static TheoryData<string> Ids => [.. DetectorCatalog.Entries.Select(entry => entry.Id)];

    /// <summary>Every detector of the catalog as it is by default, and what other options change in the graph.</summary>
    public static TheoryData<string, string, string[]> Cases()
    {
        var data = new TheoryData<string, string, string[]>();
        foreach (DetectorEntry entry in DetectorCatalog.Entries)
        {
            data.Add(entry.Id, "default", []);
        }

        data.Add("autoencoder", "default", ["loss=mse+ssim", "map-smoothing=2", "channels=1"]);
        data.Add("vtadl", "paper-code", []);
        data.Add("vtadl", "paper-text", []);
        data.Add("vtadl", "default", ["capsules=3", "class-token=none", "image-score=reconstruction", "map-smoothing=1"]);
        data.Add("vtadl", "default", ["capsules=2", "routing-iterations=1", "image-score=likelihood", "channels=1"]);
        data.Add("padim", "default", ["gaussian=global", "features=0", "map-smoothing=4", "image-reduction=top-k-mean", "top-k=5"]);
        data.Add("padim", "default", ["neighbourhood=3", "image-reduction=quantile", "quantile=0.93", "map-upsampling=align-corners"]);
        data.Add("padim", "default", ["image-reduction=quantile", "quantile=1"]);
        data.Add("patchcore", "default", ["neighbours=0", "neighbourhood=1", "image-reduction=top-k-mean", "top-k=100000"]);
        data.Add("patchcore", "default", ["neighbours=9", "coreset=0.02"]);
        data.Add("gmm", "default", ["mixture-density=joint", "level-norm=affine", "image-reduction=top-k-mean"]);
        data.Add("gmm", "paper-text", ["mixture-score=nll", "level-map-sign=inverted", "sigma-floor=0.1"]);
        data.Add("flow", "paper-code", []);
        data.Add("flow", "default", ["level-norm=affine", "flow-score=likelihood", "image-reduction=top-k-mean", "map-smoothing=2"]);
        data.Add("flow", "default", ["flow-score=energy", "kernels=1x1", "flow-clamp=tanh-a-over-alpha", "standardise=none"]);
        data.Add("gmm-em", "default", ["covariance=tied", "pca-features=0", "pca-variance=1"]);
        data.Add("gmm-em", "default", ["covariance=diagonal", "residual=false", "components=9"]);
        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void TheFileReadBackGivesScoresAndMaps(string id, string preset, string[] settings) => Compare(id, preset, settings, (file, input) =>
    {
        using var evaluator = OnnxEvaluator.Open(file);
        Assert.Equal(["score", "map"], evaluator.Outputs);
        return evaluator.Run(input.ToArray(), input.Shape.ToArray());
    });

    [Theory]
    [MemberData(nameof(Cases))]
    public void OnnxRuntimeGivesScoresAndMaps(string id, string preset, string[] settings) =>
        Compare(id, preset, settings, (file, input) => OnnxRuntimePeer.Run(file, input.Span, input.Shape.ToArray(), "score", "map"));

    /// <summary>Every detector with its large tensors in a second file: read back, and in ONNX Runtime where it is here.</summary>
    [Theory]
    [MemberData(nameof(Ids))]
    public void LargeTensorsInASecondFileChangeNothing(string id)
    {
        float[][]? whole = null;
        Compare(id, "default", [], (file, input) =>
        {
            using var evaluator = OnnxEvaluator.Open(file);
            return whole = evaluator.Run(input.ToArray(), input.Shape.ToArray());
        });
        Compare(id, "default", [], (file, input) =>
        {
            Assert.True(File.Exists(file + ".data"));
            using var evaluator = OnnxEvaluator.Open(file);
            float[][] result = evaluator.Run(input.ToArray(), input.Shape.ToArray());
            Assert.Equal(whole, result);
            return OnnxRuntimePeer.Run(file, input.Span, input.Shape.ToArray(), "score", "map");
        }, hasData: true);
    }

    private static void Compare(string id, string preset, string[] settings, Func<string, Tensor, float[][]> run, bool hasData = false)
    {
        DetectorEntry entry = DetectorCatalog.Find(id);
        var owner = new TensorScope();
        string[] tiny = [.. DetectorContractTests.Tiny[id].Where(setting => !settings.Any(other => other.Split('=')[0] == setting.Split('=')[0]))];
        using IDetector detector = entry.Create(
            entry.Options.Create(preset, [.. tiny, .. settings]), WeightSource.Fresh(owner, 3), owner, null, entry.UsesBackbone ? TinyBackbone.Open() : null);
        using var pictures = new DetectorContractTests.MadeUpPictures(detector.Preprocessing, 10);
        detector.Fit(pictures.Take(0, 8), pictures.Take(8, 2), new TrainingControl { Seed = 3 });
        IExportableDetector exportable = Assert.IsAssignableFrom<IExportableDetector>(detector);
        Assert.Null(exportable.ReasonAgainstExport);

        using var scope = new TensorScope();
        Tensor input = pictures.All.Slice(7, Pictures);
        // One with a defect: what is far from all that was learned.
        input[2].Span.Slice(input[2].Span.Length / 2, 200).Fill(1.5f);
        var scores = new float[Pictures];
        Tensor maps = scope.New(new Shape(Pictures, detector.MapHeight, detector.MapWidth));
        detector.Score(input, scores, maps);
        string path = Path.Combine(Path.GetTempPath(), $"gonogo-{Guid.NewGuid():N}.onnx");
        try
        {
            Write(exportable, path, hasData);
            float[][] actual = run(path, input);
            TensorAssert.Close(scores, actual[0], Limit, $"{id} scores");
            TensorAssert.Close(maps.ToArray(), actual[1], Limit, $"{id} maps");
        }
        finally
        {
            File.Delete(path);
            File.Delete(path + ".data");
        }
    }

    private static void Write(IExportableDetector detector, string path, bool hasData)
    {
        using var weights = new TensorScope();
        var onnx = new OnnxBuilder();
        OnnxResult images = onnx.Input("input", new Shape(detector.Preprocessing.Channels, detector.Preprocessing.Height, detector.Preprocessing.Width));
        ExportedScoring scoring = detector.Export(onnx, images, detector is FeatureDetector ? WeightSource.Fresh(weights, 7) : null);
        onnx.Output("score", scoring.Score, default);
        onnx.Output("map", scoring.Map, new Shape(detector.MapHeight, detector.MapWidth));
        using FileStream stream = File.Create(path);
        FileStream? data = null;
        try
        {
            onnx.Save(stream, hasData ? new OnnxExternalData(Path.GetFileName(path) + ".data", () => data = File.Create(path + ".data")) { KeptUpTo = 0 } : null);
        }
        finally
        {
            data?.Dispose();
        }
    }
}
