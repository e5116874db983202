using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;

namespace GoNoGo.Learning.Densities.Mixtures;

/// <summary>
/// A mixture density network: three linear maps turn an input vector into the weights, means and deviations of a Gaussian
/// mixture over a vector of the same width (Mishra et al. 2021, section 3; Alber et al. 2024, section 3).
/// </summary>
public sealed class MixtureDensityNetwork
{
    /// <summary>What the published VT-ADL code clamps the network's input to from below: double machine epsilon.</summary>
    public const float PublishedInputFloor = 2.220446049250313e-16f;

    private readonly MixtureDensityNetworkOptions _options;
    private readonly Linear _logits;
    private readonly Linear _means;
    private readonly Linear _deviations;

    /// <summary>Makes or reads the three maps.</summary>
    public MixtureDensityNetwork(MixtureDensityNetworkOptions options, WeightSource source)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(source);
        _options = options;
        int width = checked(options.Features * options.Components);
        _logits = new Linear(new LinearOptions(options.Features, options.Components) { Bias = options.Bias }, source.Child("pi"));
        _means = new Linear(new LinearOptions(options.Features, width) { Bias = options.Bias }, source.Child("mu"));
        _deviations = new Linear(new LinearOptions(options.Features, width) { Bias = options.Bias }, source.Child(options.DeviationName));
    }

    /// <summary>
    /// The log-likelihood of each vector under the mixture that the network makes of that same vector.
    /// </summary>
    /// <param name="x">Vectors <c>[N, D]</c>.</param>
    /// <param name="deviationSums">Where wanted: <c>[N]</c>, receives the sum of sigma over D and K.</param>
    /// <returns><c>[N]</c>, or <c>[N, D]</c> per feature.</returns>
    public Variable LogLikelihood(Variable x, Tensor deviationSums = default)
    {
        Variable input = _options.ClampsInput ? x.Clamp(PublishedInputFloor, float.PositiveInfinity) : x;
        return GaussianMixture.LogLikelihood(
            x, _logits.Forward(input), _means.Forward(input), _deviations.Forward(input), _options.Mixture, deviationSums);
    }
}

/// <summary>The sizes and forms of a <see cref="MixtureDensityNetwork"/>.</summary>
/// <param name="Features">Width D of the vectors.</param>
/// <param name="Components">Number K of Gaussians.</param>
/// <param name="Mixture">The form of the mixture.</param>
public sealed record MixtureDensityNetworkOptions(int Features, int Components, MixtureOptions Mixture)
{
    /// <summary>Whether the maps have a bias (VT-ADL: no).</summary>
    public bool Bias { get; init; }

    /// <summary>Whether the network's input (not the modelled vector) is clamped to be positive, as the published VT-ADL code does.</summary>
    public bool ClampsInput { get; init; }

    /// <summary>The checkpoint name of the deviation map (VT-ADL: <c>sigma_sq</c>).</summary>
    public string DeviationName { get; init; } = "sigma_sq";
}
