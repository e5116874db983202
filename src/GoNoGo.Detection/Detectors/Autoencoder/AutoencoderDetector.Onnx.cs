using GoNoGo.Detection.Detectors.Onnx;
using GoNoGo.Learning.Graphs.Onnx;
using GoNoGo.Learning.Layers;

namespace GoNoGo.Detection.Detectors.Autoencoder;

/// <content>The ONNX form: encoder, decoder and the error between the picture and what they make of it.</content>
public sealed partial class AutoencoderDetector : IExportableDetector
{
    /// <inheritdoc/>
    public string? ReasonAgainstExport => null;

    /// <inheritdoc/>
    public ExportedScoring Export(OnnxBuilder onnx, OnnxResult images, WeightSource? backbone)
    {
        ArgumentNullException.ThrowIfNull(onnx);
        OnnxResult decoded = _network.Export(onnx, new OnnxHead(onnx, this), images);
        OnnxResult errors = OnnxReconstruction.SquaredErrors(onnx, images, decoded);
        if (_usesSsim)
        {
            OnnxResult similarity = OnnxReconstruction.Similarity(onnx, images, decoded, Preprocessing.Channels, _size, _size);
            errors = onnx.Add(errors, onnx.Subtract(onnx.Number(1), similarity));
        }

        OnnxResult map = onnx.Mean(errors, 1);
        return new ExportedScoring(onnx.Mean(map, 1, 2), OnnxMaps.Enlarge(onnx, map, (_size, _size), (_size, _size), smoothing: Options.Number("map-smoothing")));
    }
}
