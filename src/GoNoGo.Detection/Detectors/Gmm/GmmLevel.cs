using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Detectors.Features;
using GoNoGo.Detection.Options;
using GoNoGo.Detection.Training;
using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Learning.Densities.Mixtures;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;

namespace GoNoGo.Detection.Detectors.Gmm;

/// <summary>The network of one level.</summary>
internal sealed partial class GmmLevel
{
    /// <summary>What the published code adds to a mixture weight before its logarithm.</summary>
    private const float WeightEpsilon = 1e-15f;

    private readonly FeatureLevel _level;
    private readonly LevelNorm _norm;
    private readonly MixtureNoise _noise;
    private readonly FusedMixtureNetwork _network;
    private readonly double _scale;

    public GmmLevel(OptionSet options, FeatureLevel level, WeightSource source)
    {
        _level = level;
        _norm = new LevelNorm(options, level, source);
        _noise = new MixtureNoise(options["mixture-weights"], level.Name);
        bool joint = options["mixture-density"] == "joint";
        int components = options.Integer("gaussians");
        PublishedCount = FusedMixtureNetwork.PublishedCount(level.Width, components);
        // The joint form's loss is a patch's, the other one's a feature's; scores are a feature's in both.
        _scale = joint ? 1 : 1.0 / level.Width;
        var mixture = new MixtureOptions(
            joint ? MixtureForm.Joint : MixtureForm.PerFeature, DeviationForm.EluPlusOne, (float)options.Number("sigma-floor"), joint ? 0 : WeightEpsilon);
        _network = new FusedMixtureNetwork(
            new FusedMixtureNetworkOptions(level.Width, components, mixture) { HiddenLayers = options.Integer("mdn-hidden-layers") }, source);
    }

    /// <summary>Numbers of the network as the paper's table counts them.</summary>
    public long PublishedCount { get; }

    /// <summary>The loss of maps <c>[B, D, h, w]</c>.</summary>
    public Variable Loss(Variable maps, in StepContext step)
    {
        int pictures = maps.Shape[0];
        Variable x = Rows(maps);
        Variable loss = _network.Loss(x, _noise.Add(_network.Logits(x), x, pictures, step));
        // log |w| of the patch's features is what the normalisation's volume adds to its log-likelihood.
        return !_norm.CountsVolume ? loss : loss.Subtract(_norm.CountedWeight(maps.Tape).Square().Log().Mean().Scale((float)(0.5 * _level.Width * _scale)));
    }

    /// <summary>The log-likelihood of each position, as a mean over its features.</summary>
    /// <param name="maps">Maps <c>[B, D, h, w]</c>.</param>
    /// <param name="likelihoods">Receives <c>[B, h, w]</c>.</param>
    public void MeanLikelihoods(Variable maps, Tensor likelihoods)
    {
        int pictures = maps.Shape[0];
        Variable x = Rows(maps);
        Variable logits = _noise.Add(_network.Logits(x), x, pictures, StepContext.Judging);
        _network.Loss(x, logits, likelihoods.Reshape(new Shape(x.Shape[0])));
        ReadOnlySpan<float> volumes = _norm.CountsVolume ? _norm.MeanVolumes(maps.Tape.Scope).Span : default;
        Span<float> values = likelihoods.Span;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (values[i] / _level.Width) + (volumes.IsEmpty ? 0 : volumes[i % volumes.Length]);
        }
    }

    /// <summary>After training: what the model does not keep is again as at the start.</summary>
    public void Forget() => _norm.Forget();

    /// <summary>Patches <c>[B h w, D]</c>, picture after picture.</summary>
    private Variable Rows(Variable maps)
    {
        Variable normalised = _norm.Forward(maps);
        Shape shape = normalised.Shape;
        return normalised.Permute(0, 2, 3, 1).Reshape(new Shape(shape[0] * shape[2] * shape[3], shape[1]));
    }
}
