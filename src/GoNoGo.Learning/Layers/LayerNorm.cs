using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Tensors;
using Start = GoNoGo.Learning.Initializers.Initializers;

namespace GoNoGo.Learning.Layers;

/// <summary>The sizes of a <see cref="LayerNorm"/> layer.</summary>
/// <param name="NormalizedShape">The innermost dimensions that are normalised over, for example <c>[D]</c> or <c>[C, H, W]</c>.</param>
public sealed record LayerNormOptions(Shape NormalizedShape)
{
    /// <summary>Added to the variance.</summary>
    public float Epsilon { get; init; } = 1e-5f;
}

/// <summary>
/// Layer normalisation (Ba, Kiros, Hinton 2016): y = (x - mean) / sqrt(variance + eps) * weight + bias over the innermost
/// dimensions. Parameters <c>weight</c> (start 1), <c>bias</c> (start 0).
/// </summary>
public sealed class LayerNorm
{
    private readonly Parameter _weight;
    private readonly Parameter _bias;
    private readonly float _epsilon;

    /// <summary>Makes or reads the parameters.</summary>
    public LayerNorm(LayerNormOptions options, WeightSource source)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(source);
        _epsilon = options.Epsilon;
        _weight = source.Get("weight", options.NormalizedShape, Start.Constant(1));
        _bias = source.Get("bias", options.NormalizedShape, Start.Constant(0));
    }

    /// <summary>Any shape that ends with the normalised one, to the same shape.</summary>
    public Variable Forward(Variable x) => x.LayerNorm(x.Tape.Use(_weight), x.Tape.Use(_bias), _epsilon);
}
