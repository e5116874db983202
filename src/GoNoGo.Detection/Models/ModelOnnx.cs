using GoNoGo.Detection.Detectors;
using GoNoGo.Learning.Graphs.Onnx;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Formats;

namespace GoNoGo.Detection.Models;

/// <summary>Writes a whole model as an ONNX file: preprocessed pictures in, image scores and anomaly maps out. Thresholds are no part of the computation.</summary>
public static class ModelOnnx
{
    /// <summary>The name of the input, <c>[batch, C, H, W]</c>.</summary>
    public const string InputName = OnnxExporter.InputName;

    /// <summary>The name of the image scores, <c>[batch]</c>.</summary>
    public const string ScoreName = "score";

    /// <summary>The name of the anomaly maps, <c>[batch, MapHeight, MapWidth]</c>.</summary>
    public const string MapName = "map";

    /// <summary>Why a model cannot be written: which option, and what to do, without a full stop; null where it can.</summary>
    public static string? ReasonAgainst(LoadedModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Frame.Tiles is { } tiles
            ? FormattableString.Invariant($"it judges pictures in tiles (tile={tiles.Side}), whose number follows the picture and is no part of a graph; train with tile=0, or cut and join the tiles in your own program around a model trained on tile pictures")
            : model.Frame.Region is not null
            ? "it judges a region of the picture (train --roi, --ignore), which is found in the picture's own pixels; train without a region on pictures cut to it"
            : model.Detector.BatchDependence is { } dependence
            ? $"{dependence}, so that a score depends on more than the picture and two runs of a file would differ; train with the preset default"
            : model.Detector is IExportableDetector detector
            ? detector.ReasonAgainstExport
            : $"detector '{model.Detector.Id}' has no ONNX form";
    }

    /// <summary>Writes the file.</summary>
    /// <param name="model">The model, loaded from <paramref name="path"/>.</param>
    /// <param name="path">The model file, for the weights of a backbone that it holds.</param>
    /// <param name="findWeights">Finds the weights file of a backbone that is not bundled, or throws.</param>
    /// <param name="metadata">Text to store in the file, by key.</param>
    /// <param name="stream">Receives the file.</param>
    /// <param name="external">Receives large tensors where they do not fit or are not wanted in the file itself.</param>
    /// <exception cref="ModelException">There is a <see cref="ReasonAgainst"/>, or the weights cannot be read.</exception>
    /// <exception cref="TensorFileException">The file would have more than 2 GB.</exception>
    public static void Write(
        LoadedModel model, string path, Func<StoredBackbone, string> findWeights, IReadOnlyDictionary<string, string> metadata, Stream stream,
        OnnxExternalData? external = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(metadata);
        if (ReasonAgainst(model) is { } reason)
        {
            throw new ModelException($"'{path}' cannot be exported: {reason}.");
        }

        ModelFile.WithBackboneWeights(path, findWeights, backbone =>
        {
            var onnx = new OnnxBuilder();
            foreach ((string key, string value) in metadata)
            {
                onnx.Metadata[key] = value;
            }

            IDetector detector = model.Detector;
            OnnxResult input = onnx.Input(InputName, new Shape(detector.Preprocessing.Channels, detector.Preprocessing.Height, detector.Preprocessing.Width));
            ExportedScoring scoring = ((IExportableDetector)detector).Export(onnx, input, backbone);
            onnx.Output(ScoreName, scoring.Score, default);
            onnx.Output(MapName, scoring.Map, new Shape(detector.MapHeight, detector.MapWidth));
            onnx.Save(stream, external);
        });
    }
}
