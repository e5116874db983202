using GoNoGo.Learning.Graphs.Onnx;

namespace GoNoGo.Detection.Detectors.Gmm;

/// <content>The ONNX form: each level's network with its wide outputs, which a runtime forms for all patches.</content>
public sealed partial class GmmDetector
{
    /// <inheritdoc/>
    public override string? ReasonAgainstExport => BatchDependence
        ?? (Options["mixture-weights"] == "gumbel" ? "mixture-weights=gumbel adds noise in judging too" : null);

    private protected override OnnxResult ExportLevel(OnnxBuilder onnx, int level, OnnxResult maps)
    {
        OnnxResult likelihoods = _levels[level].Export(onnx, maps);
        // Without a dependence on the batch a score is minus the likelihood, or turned round once more the likelihood.
        return _isInverted ? likelihoods : onnx.Multiply(likelihoods, onnx.Number(-1));
    }
}
