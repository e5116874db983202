using GoNoGo.Learning.Graphs.Onnx;
using GoNoGo.Learning.Layers;

namespace GoNoGo.Learning.Densities.Mixtures;

/// <content>The ONNX form. It has the wide outputs: D * K numbers for means and as many for deviations of every patch.</content>
public sealed partial class FusedMixtureNetwork
{
    /// <summary>Writes the log-likelihoods.</summary>
    /// <param name="onnx">Receives the nodes.</param>
    /// <param name="name">What stands before the names of the weights.</param>
    /// <param name="rows">The vectors <c>[B, P, D]</c>.</param>
    /// <param name="patches">P.</param>
    /// <returns><c>[B, P]</c>, as means over the features.</returns>
    public OnnxResult Export(OnnxBuilder onnx, string name, OnnxResult rows, int patches)
    {
        ArgumentNullException.ThrowIfNull(onnx);
        (int features, int components) = (_options.Features, _options.Components);
        OnnxResult logits = _logits.Export(onnx, name + "pi", rows);
        OnnxResult raw = onnx.Reshape(_deviations.Export(onnx, name + "sigma", rows), 0, patches, features, components);
        OnnxResult means = onnx.Reshape(_means.Export(onnx, name + "mu", rows), 0, patches, features, components);
        // ELU(u) + 1 without the cancellation: e^min(u, 0) + max(u, 0).
        OnnxResult sigma = onnx.Add(onnx.Exp(onnx.Minimum(raw, onnx.Number(0))), onnx.Relu(raw));
        sigma = onnx.Add(sigma, onnx.Number(1e-15f + _options.Mixture.DeviationFloor));
        OnnxResult deviation = onnx.Divide(onnx.Subtract(onnx.Reshape(rows, 0, patches, features, 1), means), sigma);
        OnnxResult densities = onnx.Subtract(onnx.Multiply(onnx.Square(deviation), onnx.Number(-0.5f)), onnx.Log(sigma));
        OnnxResult constant = onnx.Number(-0.91893853320467274178f);
        if (_options.Mixture.Form == MixtureForm.Joint)
        {
            OnnxResult sums = onnx.Add(onnx.Sum(densities, 2), onnx.LogSoftmax(logits));
            return onnx.Add(onnx.Multiply(onnx.LogSumExp(sums, 2), onnx.Number(1f / features)), constant);
        }

        OnnxResult logWeights = onnx.Log(onnx.Add(onnx.Softmax(logits), onnx.Number(_options.Mixture.WeightEpsilon)));
        OnnxResult terms = onnx.Add(densities, onnx.Reshape(logWeights, 0, patches, 1, components));
        return onnx.Add(onnx.Mean(onnx.LogSumExp(terms, 3), 2), constant);
    }

    private sealed partial class Branch
    {
        public OnnxResult Export(OnnxBuilder onnx, string name, OnnxResult rows)
        {
            for (int i = 0; i < _hidden.Length; i++)
            {
                rows = onnx.Relu(Map(onnx, FormattableString.Invariant($"{name}.hidden{i}"), _hidden[i], rows));
            }

            return Map(onnx, name, Last, rows);
        }

        private static OnnxResult Map(OnnxBuilder onnx, string name, Linear map, OnnxResult rows) => onnx.Add(
            onnx.MatMul(rows, onnx.Transposed(name + ".weight.transposed", map.Weight.Value)), onnx.Constant(name + ".bias", map.Bias!.Value));
    }
}
