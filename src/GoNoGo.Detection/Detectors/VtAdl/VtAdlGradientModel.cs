using GoNoGo.Detection.Training;
using GoNoGo.Learning.Autograd;
using GoNoGo.Tensors;

namespace GoNoGo.Detection.Detectors.VtAdl;

/// <summary>How <see cref="GradientTrainer"/> sees VT-ADL.</summary>
internal sealed class VtAdlGradientModel(VtAdlDetector detector, VtAdlSettings settings) : IGradientModel
{
    /// <summary>A mean sigma within this of the floor (or of 0) means that the likelihood has collapsed.</summary>
    private const double FloorMargin = 1.01;

    private static readonly string[] Parts = ["mse", "ssim", "nll", "mean-sigma"];

    private readonly bool _accumulates = detector.Options["mdn-gradients"] == "accumulate";

    public IReadOnlyList<Parameter> Parameters => detector.Parameters;

    public IReadOnlyList<KeyValuePair<string, Tensor>> Buffers => detector.Buffers;

    public IReadOnlyList<string> LossParts => Parts;

    public bool KeepsGradient(Parameter parameter) =>
        _accumulates && parameter.Name.StartsWith(VtAdlNetwork.DensityName + ".", StringComparison.Ordinal);

    public Variable Loss(ReadOnlySpan<Variable> inputs, in StepContext step, Span<double> parts) => detector.Network.Loss(inputs[0], step, parts);

    public string? ReasonToStop(ReadOnlySpan<double> parts)
    {
        double floor = settings.Mixture.DeviationFloor;
        double meanSigma = parts[3];
        bool collapsed = floor > 0 ? meanSigma <= floor * FloorMargin : meanSigma < 1e-6;
        return settings.MixtureWeight > 0 && collapsed ? "sigma-floor" : null;
    }
}
