using GoNoGo.Learning.Densities.Mixtures;
using GoNoGo.Learning.Graphs.Onnx;

namespace GoNoGo.Detection.Detectors.Onnx;

/// <summary><see cref="GaussianMixture"/> in an ONNX graph: the forms whose components are densities over all D features.</summary>
internal static class OnnxMixture
{
    private const double LogTwoPi = 1.8378770664093454836;

    /// <summary>Log-likelihood of vectors.</summary>
    /// <param name="onnx">Receives the nodes.</param>
    /// <param name="x">Vectors <c>[B, P, D]</c>.</param>
    /// <param name="logits">Mixture logits <c>[B, P, K]</c>.</param>
    /// <param name="means">Means <c>[B, P, D * K]</c>, flat index d * K + k.</param>
    /// <param name="raw">Raw deviations <c>[B, P, D * K]</c>, flat index d * K + k.</param>
    /// <param name="features">D.</param>
    /// <param name="components">K.</param>
    /// <param name="options">The form of the mixture; not <see cref="MixtureForm.PerFeature"/>.</param>
    /// <returns><c>[B, P]</c>.</returns>
    public static OnnxResult LogLikelihood(
        OnnxBuilder onnx, OnnxResult x, OnnxResult logits, OnnxResult means, OnnxResult raw, int features, int components, MixtureOptions options)
    {
        OnnxResult sigma = onnx.Add(Deviation(onnx, onnx.Reshape(raw, 0, 0, features, components), options.Deviation), onnx.Number(options.DeviationFloor));
        OnnxResult distance = onnx.Divide(onnx.Subtract(onnx.Reshape(x, 0, 0, features, 1), onnx.Reshape(means, 0, 0, features, components)), sigma);
        OnnxResult terms = onnx.Subtract(onnx.Multiply(onnx.Square(distance), onnx.Number(-0.5f)), onnx.Log(sigma));
        OnnxResult totals = onnx.Sum(terms, 2);
        if (options.Form == MixtureForm.WeightedComponents)
        {
            OnnxResult parts = onnx.Subtract(totals, onnx.Number((float)(0.5 * LogTwoPi)));
            return onnx.Sum(onnx.Multiply(onnx.Softmax(logits), parts), 2);
        }

        OnnxResult logWeights = options.WeightEpsilon == 0
            ? onnx.LogSoftmax(logits)
            : onnx.Log(onnx.Add(onnx.Softmax(logits), onnx.Number(options.WeightEpsilon)));
        return onnx.Subtract(onnx.LogSumExp(onnx.Add(totals, logWeights), 2), onnx.Number((float)(0.5 * LogTwoPi * features)));
    }

    /// <summary>The deviations without the floor.</summary>
    public static OnnxResult Deviation(OnnxBuilder onnx, OnnxResult raw, DeviationForm form) => form switch
    {
        // Not ELU plus 1: below, nothing would be left of the exponential beside the 1.
        DeviationForm.EluPlusOne => onnx.Add(onnx.Add(onnx.Relu(raw), onnx.Exp(onnx.Minimum(raw, onnx.Number(0)))), onnx.Number(1e-15f)),
        DeviationForm.Softplus => onnx.Softplus(raw),
        DeviationForm.SoftplusVariance => onnx.Sqrt(onnx.Softplus(raw)),
        _ => onnx.Exp(onnx.Multiply(onnx.Softplus(raw), onnx.Number(0.5f))),
    };
}
