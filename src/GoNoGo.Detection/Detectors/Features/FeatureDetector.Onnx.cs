using GoNoGo.Detection.Backbones.Onnx;
using GoNoGo.Detection.Detectors.Onnx;
using GoNoGo.Learning.Graphs.Onnx;
using GoNoGo.Learning.Layers;

namespace GoNoGo.Detection.Detectors.Features;

/// <content>The ONNX form: backbone, patches, what the head makes of them, image score and map.</content>
public abstract partial class FeatureDetector : IExportableDetector
{
    /// <inheritdoc/>
    public virtual string? ReasonAgainstExport => $"detector '{Id}' has no ONNX form";

    /// <inheritdoc/>
    public ExportedScoring Export(OnnxBuilder onnx, OnnxResult images, WeightSource? backbone)
    {
        ArgumentNullException.ThrowIfNull(onnx);
        ArgumentNullException.ThrowIfNull(backbone);
        if (ReasonAgainstExport is { } reason)
        {
            throw new NotSupportedException($"{reason}.");
        }

        if (!IsFitted)
        {
            throw new InvalidOperationException($"detector '{Id}' is exported only after it was fitted or loaded.");
        }

        string[] names = [.. Features.Levels.Select(level => level.Name)];
        IReadOnlyList<OnnxResult> levels = onnx.Network(BackboneOnnx.WithMaps(Features.Backbone, names), names, backbone, images, "backbone/");
        return ExportHead(onnx, levels);
    }

    /// <summary>Writes what follows the backbone.</summary>
    /// <param name="onnx">Receives the nodes.</param>
    /// <param name="levels">Of each level its maps <c>[B, D_l, h_l, w_l]</c>.</param>
    private protected virtual ExportedScoring ExportHead(OnnxBuilder onnx, IReadOnlyList<OnnxResult> levels)
    {
        OnnxResult scores = ExportPatches(onnx, Stack.Export(onnx, levels));
        return new ExportedScoring(ExportReduction(onnx, scores), ExportMap(onnx, onnx.Reshape(scores, 0, Stack.Rows, Stack.Columns), Stack.Rows, Stack.Columns));
    }

    /// <summary>Writes the scores of patches.</summary>
    /// <param name="onnx">Receives the nodes.</param>
    /// <param name="rows">The patches <c>[B, P, D]</c>.</param>
    /// <returns><c>[B, P]</c>.</returns>
    private protected virtual OnnxResult ExportPatches(OnnxBuilder onnx, OnnxResult rows) => throw new NotSupportedException($"detector '{Id}' has no ONNX form.");

    /// <summary>Writes the image scores <c>[B]</c> of patch scores <c>[B, P]</c>.</summary>
    private protected virtual OnnxResult ExportReduction(OnnxBuilder onnx, OnnxResult scores) => _reduction.Export(onnx, scores, Stack.Patches);

    /// <summary>Writes the maps of scores <c>[B, h, w]</c>, smoothed where that is wanted.</summary>
    private protected OnnxResult ExportMap(OnnxBuilder onnx, OnnxResult scores, int rows, int columns) =>
        OnnxMaps.Enlarge(onnx, scores, (rows, columns), (MapHeight, MapWidth), _alignsCorners, _smoothing);

    /// <summary>Writes scores <c>[B, h, w]</c> on the grid of the patches.</summary>
    private protected OnnxResult ExportGrid(OnnxBuilder onnx, OnnxResult scores, int rows, int columns) =>
        OnnxMaps.Enlarge(onnx, scores, (rows, columns), (Stack.Rows, Stack.Columns), _alignsCorners);
}
