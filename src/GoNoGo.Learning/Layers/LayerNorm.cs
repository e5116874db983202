using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Learning.Initializers;
using GoNoGo.Tensors;

namespace GoNoGo.Learning.Layers;

/// <summary>Sizes of a <see cref="LayerNorm"/> layer.</summary>
/// <param name="NormalizedShape">The innermost dimensions that are normalised together.</param>
public sealed record LayerNormOptions(Shape NormalizedShape)
{
    /// <summary>Added to the biased variance.</summary>
    public float Epsilon { get; init; } = 1e-5f;
}

/// <summary>y = (x - mean) / sqrt(variance + eps) * weight + bias over the innermost dimensions.</summary>
public sealed class LayerNorm
{
    private readonly Parameter _weight;
    private readonly Parameter _bias;
    private readonly float _epsilon;

    /// <summary>Makes or reads <c>weight</c> and <c>bias</c> in the normalised shape.</summary>
    public LayerNorm(LayerNormOptions options, WeightSource source)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(source);
        _weight = source.Get("weight", options.NormalizedShape, Initializers.Initializers.Constant(1));
        _bias = source.Get("bias", options.NormalizedShape, Initializers.Initializers.Constant(0));
        _epsilon = options.Epsilon;
    }

    /// <summary>Applies the layer; the shape stays.</summary>
    public Variable Forward(Variable x) => x.LayerNorm(x.Tape.Use(_weight), x.Tape.Use(_bias), _epsilon);
}
