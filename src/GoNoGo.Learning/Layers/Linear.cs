using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Learning.Initializers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using Start = GoNoGo.Learning.Initializers.Initializers;

namespace GoNoGo.Learning.Layers;

/// <summary>The sizes and start values of a <see cref="Linear"/> layer.</summary>
/// <param name="Inputs">Features of each row, I.</param>
/// <param name="Outputs">Features of each result, O.</param>
public sealed record LinearOptions(int Inputs, int Outputs)
{
    /// <summary>Whether a bias is added.</summary>
    public bool Bias { get; init; } = true;

    /// <summary>Start of the weight <c>[O, I]</c>; default: uniform with bound 1 / sqrt(I).</summary>
    public Initializer? WeightInitializer { get; init; }

    /// <summary>Start of the bias <c>[O]</c>; default: uniform with bound 1 / sqrt(I).</summary>
    public Initializer? BiasInitializer { get; init; }
}

/// <summary>A fully connected layer: y = x weight^T + bias. Parameters <c>weight</c>, <c>bias</c>.</summary>
public sealed class Linear
{
    private readonly Parameter _weight;
    private readonly Parameter? _bias;

    /// <summary>Makes or reads the parameters.</summary>
    public Linear(LinearOptions options, WeightSource source)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(source);
        var shape = new Shape(options.Outputs, options.Inputs);
        _weight = source.Get("weight", shape, options.WeightInitializer ?? Start.LibraryDefault());
        _bias = options.Bias
            ? source.Get("bias", new Shape(options.Outputs), options.BiasInitializer ?? Start.LibraryDefaultBias(shape))
            : null;
    }

    /// <summary>The weight <c>[O, I]</c>.</summary>
    public Parameter Weight => _weight;

    /// <summary>The bias <c>[O]</c>, or null.</summary>
    public Parameter? Bias => _bias;

    /// <summary><c>[.., I]</c> to <c>[.., O]</c>.</summary>
    /// <param name="x">The rows.</param>
    /// <param name="activation">Applied to the result.</param>
    public Variable Forward(Variable x, MatrixActivation activation = MatrixActivation.None) =>
        x.Linear(x.Tape.Use(_weight), _bias is null ? default : x.Tape.Use(_bias), activation);
}
