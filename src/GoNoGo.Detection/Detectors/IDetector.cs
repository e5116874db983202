using GoNoGo.Detection.Models;
using GoNoGo.Detection.Options;
using GoNoGo.Detection.Training;
using GoNoGo.Learning.Autograd;
using GoNoGo.Tensors;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Detection.Detectors;

/// <summary>
/// Learns from pictures of good parts and scores pictures. Larger scores are more anomalous, and the score of a picture
/// never depends on the other pictures of a batch, but for what <see cref="BatchDependence"/> owns up to.
/// </summary>
public interface IDetector : IDisposable
{
    /// <summary>The id in the <see cref="DetectorCatalog"/>.</summary>
    string Id { get; }

    /// <summary>The value of every option.</summary>
    OptionSet Options { get; }

    /// <summary>How a picture becomes the network's input <c>[C, H, W]</c>.</summary>
    Preprocessing Preprocessing { get; }

    /// <summary>Width of an anomaly map in pixels.</summary>
    int MapWidth { get; }

    /// <summary>Height of an anomaly map in pixels.</summary>
    int MapHeight { get; }

    /// <summary>What training changes, by checkpoint name.</summary>
    IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>What training changes besides (running statistics), by checkpoint name.</summary>
    IReadOnlyList<KeyValuePair<string, Tensor>> Buffers { get; }

    /// <summary>Numbers found on held-out good pictures that scoring needs, by name; stored in the manifest.</summary>
    SortedDictionary<string, double> Statistics { get; }

    /// <summary>
    /// Numbers of the head as the table of the paper that published it counts them, where it differs from what training changes or not; null
    /// for a detector that no such table lists. What training changes is counted by <see cref="Parameters"/>.
    /// </summary>
    long? PublishedParameterCount => null;

    /// <summary>
    /// Why the score of a picture depends on more than the picture (the others of its batch, chance), as the main clause of a sentence; null: it does
    /// not. Such a detector has an option <c>batch-size</c>, in batches of which it is evaluated; it inspects nothing.
    /// </summary>
    string? BatchDependence => null;

    /// <summary>Learns from good pictures.</summary>
    /// <param name="fit">The pictures to fit.</param>
    /// <param name="validation">Held-out good pictures; may be empty.</param>
    /// <param name="control">Seed, limits, checkpoints and reporting.</param>
    /// <exception cref="OperationCanceledException">The caller stopped the training; a checkpoint was kept.</exception>
    TrainingOutcome Fit(IPictureSource fit, IPictureSource validation, TrainingControl control);

    /// <summary>Scores a batch.</summary>
    /// <param name="images">Preprocessed pictures <c>[B, C, H, W]</c>.</param>
    /// <param name="judged">
    /// Which map pixels are judged, <c>[B, MapHeight, MapWidth]</c>, 1 or 0, at least one in each picture; empty: all. Image scores
    /// look at judged pixels only. Map values elsewhere are written but mean nothing.
    /// </param>
    /// <param name="imageScores">Receives the image scores, B values.</param>
    /// <param name="maps">Receives the anomaly maps <c>[B, MapHeight, MapWidth]</c>.</param>
    void Score(Tensor images, ReadOnlySpan<byte> judged, Span<float> imageScores, Tensor maps);

    /// <summary>Scores a batch of which every pixel is judged.</summary>
    void Score(Tensor images, Span<float> imageScores, Tensor maps) => Score(images, default, imageScores, maps);
}
