using GoNoGo.Learning.Graphs.Onnx;
using GoNoGo.Tensors;

namespace GoNoGo.Detection.Detectors.Flow;

/// <content>The ONNX form: each level's flow and score; for the image score, what good pictures score at each position.</content>
public sealed partial class FlowDetector
{
    /// <inheritdoc/>
    public override string? ReasonAgainstExport => null;

    private protected override OnnxResult ExportLevel(OnnxBuilder onnx, int level, OnnxResult maps) => _levels[level].Export(onnx, maps);

    private protected override OnnxResult ExportReduction(OnnxBuilder onnx, OnnxResult scores)
    {
        if (_scale is null)
        {
            return base.ExportReduction(onnx, scores);
        }

        var row = new Shape(Stack.Patches);
        OnnxResult difference = onnx.Subtract(scores, onnx.Constant("good.mean", _scale.Means.Reshape(row)));
        return base.ExportReduction(onnx, onnx.Divide(difference, onnx.Constant("good.deviation", _scale.Deviations.Reshape(row))));
    }
}
