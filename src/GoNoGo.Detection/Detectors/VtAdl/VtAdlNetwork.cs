using GoNoGo.Detection.Detectors.Onnx;
using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Learning.Densities.Mixtures;
using GoNoGo.Learning.Graphs.Onnx;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Random;

namespace GoNoGo.Detection.Detectors.VtAdl;

/// <summary>
/// VT-ADL (Mishra et al. 2021): encoder, projection, decoder and mixture density network, trained jointly with
/// loss = 5 MSE - 0.5 SSIM + negative log-likelihood of the encoded patches.
/// </summary>
public sealed class VtAdlNetwork
{
    /// <summary>The purpose of the random stream that training noise comes from.</summary>
    private const string NoisePurpose = "noise";

    private readonly VtAdlSettings _settings;
    private readonly VtAdlEncoder _encoder;
    private readonly CapsuleProjection _projection;
    private readonly VtAdlDecoder _decoder;
    private readonly MixtureDensityNetwork _density;

    /// <summary>Makes or reads all parameters.</summary>
    public VtAdlNetwork(VtAdlSettings settings, WeightSource source)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(source);
        _settings = settings;
        _encoder = new VtAdlEncoder(settings, source.Child("vt"));
        _projection = new CapsuleProjection(settings, source.Child("Digcap"));
        _decoder = new VtAdlDecoder(settings, source.Child("decoder").Child("decoder2"));
        _density = new MixtureDensityNetwork(
            new MixtureDensityNetworkOptions(settings.Width, settings.Components, settings.Mixture)
            {
                ClampsInput = settings.Mixture.Form == MixtureForm.WeightedComponents,
            },
            source.Child(DensityName));
    }

    /// <summary>What the mixture's parameter names start with.</summary>
    public static string DensityName => "mdn";

    /// <summary>The encoder's patch features.</summary>
    /// <param name="images"><c>[B, C, S, S]</c>.</param>
    /// <returns><c>[B, P, D]</c>.</returns>
    public Variable Encode(Variable images) => _encoder.Forward(images);

    /// <summary>The picture that the network makes of patch features.</summary>
    /// <param name="encoded"><c>[B, P, D]</c>.</param>
    /// <param name="training">How the decoder's norms behave.</param>
    /// <returns><c>[B, C, S, S]</c>.</returns>
    public Variable Reconstruct(Variable encoded, bool training) => Decode(Project(encoded), training);

    /// <summary>The reconstruction vector <c>[B, O]</c> of patch features <c>[B, P, D]</c>.</summary>
    public Variable Project(Variable encoded) => _projection.Forward(encoded);

    /// <summary>The picture <c>[B, C, S, S]</c> of a reconstruction vector <c>[B, O]</c>.</summary>
    public Variable Decode(Variable code, bool training)
    {
        int side = _settings.CodeSide;
        return _decoder.Forward(code.Reshape(new Shape(code.Shape[0], _settings.Code / (side * side), side, side)), training);
    }

    /// <summary><see cref="Decode"/> in evaluation mode in an ONNX graph.</summary>
    internal OnnxResult ExportDecoder(OnnxBuilder onnx, OnnxHead head, OnnxResult code)
    {
        int side = _settings.CodeSide;
        return _decoder.Export(onnx, head, "decoder.decoder2", onnx.Reshape(code, 0, _settings.Code / (side * side), side, side));
    }

    /// <summary>The negative log-likelihood of every patch, <c>[B * P]</c>, in nats (the whole vector, not per feature).</summary>
    /// <param name="encoded"><c>[B, P, D]</c>.</param>
    /// <param name="deviationSums">Where wanted: <c>[B * P]</c>, receives the sum of sigma over D and K.</param>
    public Variable PatchEnergies(Variable encoded, Tensor deviationSums = default) =>
        _density.LogLikelihood(encoded.Reshape(new Shape(encoded.Shape[0] * _settings.Patches, _settings.Width)), deviationSums).Scale(-1f);

    /// <summary>The training loss and its parts.</summary>
    /// <param name="images"><c>[B, C, S, S]</c> in 0..1.</param>
    /// <param name="step">The training step, with the seed that drives its noise; no noise where <see cref="Training.StepContext.IsTraining"/> is false.</param>
    /// <param name="parts">Receives mse, ssim, nll and the mean sigma.</param>
    public Variable Loss(Variable images, in Training.StepContext step, Span<double> parts)
    {
        Tape tape = images.Tape;
        Variable encoded = _encoder.Forward(images);
        Variable noisy = step.IsTraining && _settings.NoiseSigma > 0 ? encoded.Add(Noise(tape, encoded.Shape, step)) : encoded;
        Variable reconstruction = Reconstruct(_settings.NoiseOnEncoder ? noisy : encoded, step.IsTraining);
        Variable mse = reconstruction.MseLoss(images);
        Variable ssim = reconstruction.Ssim(images);
        Variable loss = mse.Scale(_settings.MseWeight).Add(ssim.Scale(-_settings.SsimWeight));

        int patches = images.Shape[0] * _settings.Patches;
        double nll = 0;
        double meanSigma = 0;
        if (_settings.MixtureWeight > 0)
        {
            Tensor deviationSums = tape.New(new Shape(patches));
            Variable energies = PatchEnergies(noisy, deviationSums);
            double divisor = _settings.SumsLikelihood ? images.Shape[0] : (double)patches * _settings.Width;
            Variable likelihoodLoss = energies.Sum().Scale((float)(1 / divisor));
            loss = loss.Add(likelihoodLoss.Scale(_settings.MixtureWeight));
            nll = likelihoodLoss.Value.ToScalar();
            foreach (float sum in deviationSums.Span)
            {
                meanSigma += sum;
            }

            meanSigma /= (double)patches * _settings.Width * _settings.Components;
        }

        parts[0] = mse.Value.ToScalar();
        parts[1] = ssim.Value.ToScalar();
        parts[2] = nll;
        parts[3] = meanSigma;
        return loss;
    }

    private Variable Noise(Tape tape, Shape shape, in Training.StepContext step)
    {
        Tensor noise = tape.New(shape);
        new RandomStream(step.Seed, NoisePurpose).Child((ulong)step.Step).FillNormal(0, _settings.NoiseSigma, noise);
        return tape.Constant(noise);
    }
}
