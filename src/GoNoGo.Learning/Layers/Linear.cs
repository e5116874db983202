using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Learning.Initializers;
using GoNoGo.Tensors;

namespace GoNoGo.Learning.Layers;

/// <summary>Sizes and start values of a <see cref="Linear"/> layer.</summary>
/// <param name="Inputs">Width of the input.</param>
/// <param name="Outputs">Width of the output.</param>
public sealed record LinearOptions(int Inputs, int Outputs)
{
    /// <summary>Whether a bias is added.</summary>
    public bool Bias { get; init; } = true;

    /// <summary>Start values of the weight; default U(-1/sqrt(inputs), 1/sqrt(inputs)).</summary>
    public Initializer? WeightInitializer { get; init; }

    /// <summary>Start values of the bias; default as the weight's.</summary>
    public Initializer? BiasInitializer { get; init; }
}

/// <summary>y = x W^T + b over the last axis: <c>[.., inputs]</c> to <c>[.., outputs]</c>.</summary>
public sealed class Linear
{
    private readonly Parameter _weight;
    private readonly Parameter? _bias;

    /// <summary>Makes or reads <c>weight [outputs, inputs]</c> and <c>bias [outputs]</c>.</summary>
    public Linear(LinearOptions options, WeightSource source)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(source);
        var shape = new Shape(options.Outputs, options.Inputs);
        _weight = source.Get("weight", shape, options.WeightInitializer ?? Initializers.Initializers.LibraryDefault());
        _bias = options.Bias
            ? source.Get("bias", new Shape(options.Outputs), options.BiasInitializer ?? Initializers.Initializers.LibraryDefaultBias(shape))
            : null;
    }

    /// <summary>Applies the layer to <c>[.., inputs]</c>.</summary>
    public Variable Forward(Variable x) =>
        x.Linear(x.Tape.Use(_weight), _bias is null ? default : x.Tape.Use(_bias));
}
