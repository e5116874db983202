using GoNoGo.Learning.Graphs.Onnx;

namespace GoNoGo.Detection.Detectors.Features;

/// <content>The ONNX form: the levels' scores, and their means on the finest grid and on the map.</content>
public abstract partial class GradientFeatureDetector
{
    /// <summary>Writes the scores of one level.</summary>
    /// <param name="onnx">Receives the nodes.</param>
    /// <param name="level">The level's place.</param>
    /// <param name="maps">Its maps <c>[B, D, h, w]</c>.</param>
    /// <returns><c>[B, h, w]</c>.</returns>
    private protected virtual OnnxResult ExportLevel(OnnxBuilder onnx, int level, OnnxResult maps) => throw new NotSupportedException($"detector '{Id}' has no ONNX form.");

    private protected sealed override ExportedScoring ExportHead(OnnxBuilder onnx, IReadOnlyList<OnnxResult> levels)
    {
        OnnxResult patches = default;
        OnnxResult map = default;
        for (int level = 0; level < levels.Count; level++)
        {
            (int rows, int columns) = (Features.Levels[level].Rows, Features.Levels[level].Columns);
            OnnxResult scores = ExportLevel(onnx, level, levels[level]);
            OnnxResult onGrid = ExportGrid(onnx, scores, rows, columns);
            OnnxResult onMap = ExportMap(onnx, scores, rows, columns);
            (patches, map) = level == 0 ? (onGrid, onMap) : (onnx.Add(patches, onGrid), onnx.Add(map, onMap));
        }

        if (levels.Count > 1)
        {
            OnnxResult share = onnx.Number(1f / levels.Count);
            (patches, map) = (onnx.Multiply(patches, share), onnx.Multiply(map, share));
        }

        return new ExportedScoring(ExportReduction(onnx, onnx.Reshape(patches, 0, Stack.Patches)), map);
    }
}
