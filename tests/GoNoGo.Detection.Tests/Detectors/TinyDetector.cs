using GoNoGo.Detection.Detectors;
using GoNoGo.Detection.Features;
using GoNoGo.Detection.Models;
using GoNoGo.Detection.Training;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Detection.Tests.Detectors;

/// <summary>Detectors of the catalog on <see cref="TinyBackbone"/>.</summary>
internal static class TinyDetector
{
    /// <summary>An unfitted one, or one with what a model stored.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="settings">Options, with spaces between; empty: the defaults.</param>
    /// <param name="statistics">What a model stored; none: unfitted.</param>
    public static IDetector Create(string id, string settings = "", SortedDictionary<string, double>? statistics = null) =>
        Create(id, TinyBackbone.Open(), settings, statistics);

    /// <inheritdoc cref="Create(string, string, SortedDictionary{string, double})"/>
    public static IDetector Create(string id, FeatureExtractor? features, string settings = "", SortedDictionary<string, double>? statistics = null)
    {
        DetectorEntry entry = DetectorCatalog.Find(id);
        return entry.Create(
            entry.Options.Create("default", settings.Split(' ', StringSplitOptions.RemoveEmptyEntries)), WeightSource.Fresh(new TensorScope(), 3), new TensorScope(), statistics, features);
    }

    /// <summary>One fitted to constant pictures or to noise.</summary>
    public static IDetector Fitted(string id, string settings, bool constant, int count, out Tensor pictures, out TensorScope scope)
    {
        IDetector detector = Create(id, settings);
        scope = new TensorScope();
        if (constant)
        {
            pictures = scope.New(new Shape(count, 3, 64, 64));
            pictures.Span.Fill(0.4f);
        }
        else
        {
            pictures = PictureMemory.Noise(scope, count);
        }

        detector.Fit(pictures);
        return detector;
    }

    /// <summary>Fits to pictures that are held out too.</summary>
    public static TrainingOutcome Fit(this IDetector detector, Tensor pictures, TrainingControl? control = null) =>
        detector.Fit(new PictureMemory(pictures), new PictureMemory(pictures), control ?? new TrainingControl());
}
