using GoNoGo.Learning.Graphs.Onnx;
using GoNoGo.Learning.Layers;

namespace GoNoGo.Detection.Detectors;

/// <summary>A detector whose scoring can be written as an ONNX graph.</summary>
public interface IExportableDetector : IDetector
{
    /// <summary>
    /// Why the scoring cannot be written with these options: which option, and what to do, without a full stop; null where it can.
    /// </summary>
    string? ReasonAgainstExport { get; }

    /// <summary>Writes the scoring of a trained detector; image scores are those of pictures of which every pixel is judged.</summary>
    /// <param name="onnx">Receives nodes and weights; reads the detector's tensors until the file is saved.</param>
    /// <param name="images">The preprocessed pictures <c>[B, C, H, W]</c>.</param>
    /// <param name="backbone">The backbone's weights, for detectors that look at features; otherwise not looked at.</param>
    /// <exception cref="NotSupportedException">There is a <see cref="ReasonAgainstExport"/>.</exception>
    ExportedScoring Export(OnnxBuilder onnx, OnnxResult images, WeightSource? backbone);
}

/// <summary>What an exported detector computes.</summary>
/// <param name="Score">The image scores <c>[B]</c>.</param>
/// <param name="Map">The anomaly maps <c>[B, MapHeight, MapWidth]</c>.</param>
public readonly record struct ExportedScoring(OnnxResult Score, OnnxResult Map);
