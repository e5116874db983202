using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using Start = GoNoGo.Learning.Initializers.Initializers;

namespace GoNoGo.Learning.Densities.Mixtures;

/// <summary>The sizes and forms of a <see cref="FusedMixtureNetwork"/>.</summary>
/// <param name="Features">Width D of the vectors.</param>
/// <param name="Components">Number K of Gaussians.</param>
/// <param name="Mixture">The form of the mixture.</param>
public sealed record FusedMixtureNetworkOptions(int Features, int Components, MixtureOptions Mixture)
{
    /// <summary>Hidden layers of width D with ReLU before each of the three maps; 0: the maps alone.</summary>
    public int HiddenLayers { get; init; }
}

/// <summary>
/// A mixture density network over frozen features (Alber et al. 2024, section 3): logits D to K, means and deviations D to D * K of a Gaussian
/// mixture over the very vector that it sees, trained without ever forming the wide outputs. Parameters <c>pi</c>, <c>sigma</c>, <c>mu</c>, each with
/// <c>weight</c> and <c>bias</c>. Start: weights normal with deviation sqrt(2 / (fan-in + fan-out)), bias of the means 0.001.
/// </summary>
public sealed partial class FusedMixtureNetwork
{
    private readonly FusedMixtureNetworkOptions _options;
    private readonly Branch _logits;
    private readonly Branch _deviations;
    private readonly Branch _means;

    /// <summary>Makes or reads the parameters.</summary>
    public FusedMixtureNetwork(FusedMixtureNetworkOptions options, WeightSource source)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(source);
        _options = options;
        int width = checked(options.Features * options.Components);
        _logits = new Branch(options, options.Components, null, source.Child("pi"));
        _deviations = new Branch(options, width, null, source.Child("sigma"));
        _means = new Branch(options, width, 0.001, source.Child("mu"));
    }

    /// <summary>Numbers of the published network, whose maps have no hidden layers: (D K + K) + 2 (D D K + D K).</summary>
    public static long PublishedCount(int features, int components) =>
        ((features + 1L) * components) + (2L * (features + 1L) * features * components);

    /// <summary>The mixture logits <c>[N, K]</c> of vectors <c>[N, D]</c>.</summary>
    public Variable Logits(Variable x) => _logits.Output(x);

    /// <summary>The negative log-likelihood of the vectors.</summary>
    /// <param name="x">Vectors <c>[N, D]</c>.</param>
    /// <param name="logits">Their logits <c>[N, K]</c>, as from <see cref="Logits"/> and with noise where it is wanted.</param>
    /// <param name="likelihoods">Where wanted: <c>[N]</c>, receives the log-likelihood of each row (per feature: summed over D).</param>
    /// <returns>One number: see <see cref="FusedMixture.Loss"/>.</returns>
    public Variable Loss(Variable x, Variable logits, Tensor likelihoods = default)
    {
        Variable hiddenOfMeans = _means.Hidden(x);
        Tape tape = x.Tape;
        var maps = new MixtureMaps
        {
            MeanInput = hiddenOfMeans,
            MeanWeight = tape.Use(_means.Last.Weight),
            MeanBias = tape.Use(_means.Last.Bias!),
            DeviationInput = _options.HiddenLayers == 0 ? hiddenOfMeans : _deviations.Hidden(x),
            DeviationWeight = tape.Use(_deviations.Last.Weight),
            DeviationBias = tape.Use(_deviations.Last.Bias!),
        };
        return FusedMixture.Loss(x, logits, maps, _options.Mixture, likelihoods);
    }

    /// <summary>One of the three outputs: hidden layers, where there are, and the map.</summary>
    private sealed partial class Branch
    {
        private readonly Linear[] _hidden;

        public Branch(FusedMixtureNetworkOptions options, int outputs, double? bias, WeightSource source)
        {
            _hidden = new Linear[options.HiddenLayers];
            for (int i = 0; i < _hidden.Length; i++)
            {
                _hidden[i] = new Linear(new LinearOptions(options.Features, options.Features), source.Child(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"hidden{i}")));
            }

            Last = new Linear(
                new LinearOptions(options.Features, outputs) { WeightInitializer = Start.XavierNormal(), BiasInitializer = bias is { } value ? Start.Constant(value) : null },
                source);
        }

        public Linear Last { get; }

        public Variable Hidden(Variable x)
        {
            foreach (Linear layer in _hidden)
            {
                x = layer.Forward(x, MatrixActivation.Relu);
            }

            return x;
        }

        public Variable Output(Variable x) => Last.Forward(Hidden(x));
    }
}
