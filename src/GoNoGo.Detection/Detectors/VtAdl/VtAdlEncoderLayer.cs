using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Learning.Initializers;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;

namespace GoNoGo.Detection.Detectors.VtAdl;

/// <summary>
/// One pre-norm transformer layer: x += Attention(LN(x)); x += FeedForward(LN(x)). The map to queries, keys and values has no
/// bias; layer norms have eps 1e-5.
/// </summary>
internal sealed class VtAdlEncoderLayer
{
    /// <summary>Epsilon of the layer norms.</summary>
    internal const float NormEpsilon = 1e-5f;

    private readonly VtAdlSettings _settings;
    private readonly LayerNorm _attentionNorm;
    private readonly Linear _queriesKeysValues;
    private readonly Linear _attentionOutput;
    private readonly LayerNorm _feedForwardNorm;
    private readonly Linear _expand;
    private readonly Linear _reduce;

    public VtAdlEncoderLayer(VtAdlSettings settings, WeightSource source)
    {
        _settings = settings;
        int width = settings.Width;
        WeightSource attention = source.Child("0").Child("fn");
        WeightSource feedForward = source.Child("1").Child("fn");
        _attentionNorm = new LayerNorm(new LayerNormOptions(new Shape(width)) { Epsilon = NormEpsilon }, attention.Child("norm"));
        _queriesKeysValues = Map(width, 3 * width, attention.Child("fn").Child("to_qkv"), bias: false);
        _attentionOutput = Map(width, width, attention.Child("fn").Child("to_out").Child("0"));
        _feedForwardNorm = new LayerNorm(new LayerNormOptions(new Shape(width)) { Epsilon = NormEpsilon }, feedForward.Child("norm"));
        _expand = Map(width, settings.MlpWidth, feedForward.Child("fn").Child("net").Child("0"));
        _reduce = Map(settings.MlpWidth, width, feedForward.Child("fn").Child("net").Child("2"));
    }

    /// <summary><c>[B, N, D]</c> to <c>[B, N, D]</c>.</summary>
    public Variable Forward(Variable x, Tensor mask)
    {
        float scale = Scale(_settings);
        Variable attended = _queriesKeysValues.Forward(_attentionNorm.Forward(x)).SelfAttention(_settings.Heads, scale, mask: mask, maskedLogit: -float.MaxValue);
        x = x.Add(_attentionOutput.Forward(attended));
        return x.Add(_reduce.Forward(_expand.Forward(_feedForwardNorm.Forward(x)).Gelu()));
    }

    /// <summary>What attention logits are multiplied by.</summary>
    internal static float Scale(VtAdlSettings settings) => 1f / MathF.Sqrt(settings.ScalesByWidth ? settings.Width : settings.Width / settings.Heads);

    private static Linear Map(int inputs, int outputs, WeightSource source, bool bias = true) =>
        new(new LinearOptions(inputs, outputs)
        {
            Bias = bias,
            WeightInitializer = Initializers.HeNormal(),
            BiasInitializer = Initializers.Constant(0),
        }, source);
}
