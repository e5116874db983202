using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Learning.Initializers;
using GoNoGo.Tensors;

namespace GoNoGo.Learning.Layers;

/// <summary>Sizes of a <see cref="Conv2d"/> layer with a square kernel.</summary>
/// <param name="Inputs">Input channels.</param>
/// <param name="Outputs">Output channels.</param>
/// <param name="Kernel">Side of the kernel.</param>
public sealed record Conv2dOptions(int Inputs, int Outputs, int Kernel)
{
    /// <summary>Step between positions.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>Zero border on every side.</summary>
    public int Padding { get; init; }

    /// <summary>Whether a bias is added.</summary>
    public bool Bias { get; init; } = true;
}

/// <summary>A convolution: <c>[B, inputs, H, W]</c> to <c>[B, outputs, (H + 2 padding - kernel) / stride + 1, ...]</c>.</summary>
public sealed class Conv2d
{
    private readonly Conv2dOptions _options;
    private readonly Parameter _weight;
    private readonly Parameter? _bias;

    /// <summary>Makes or reads <c>weight [outputs, inputs, kernel, kernel]</c> and <c>bias [outputs]</c>.</summary>
    public Conv2d(Conv2dOptions options, WeightSource source)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(source);
        _options = options;
        var shape = new Shape(options.Outputs, options.Inputs, options.Kernel, options.Kernel);
        _weight = source.Get("weight", shape, Initializers.Initializers.LibraryDefault());
        _bias = options.Bias ? source.Get("bias", new Shape(options.Outputs), Initializers.Initializers.LibraryDefaultBias(shape)) : null;
    }

    /// <summary>Applies the layer to <c>[B, inputs, H, W]</c>.</summary>
    public Variable Forward(Variable x) => x.Conv2d(
        x.Tape.Use(_weight), _bias is null ? default : x.Tape.Use(_bias), _options.Stride, _options.Padding);
}
