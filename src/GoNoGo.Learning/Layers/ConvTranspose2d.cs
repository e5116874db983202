using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Learning.Initializers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels.Convolution;
using Start = GoNoGo.Learning.Initializers.Initializers;

namespace GoNoGo.Learning.Layers;

/// <summary>The sizes and start values of a <see cref="ConvTranspose2d"/> layer.</summary>
/// <param name="Inputs">Channels of the input, C.</param>
/// <param name="Outputs">Channels of the output, O.</param>
/// <param name="Kernel">Rows and columns of the kernel, k.</param>
public sealed record ConvTranspose2dOptions(int Inputs, int Outputs, int Kernel)
{
    /// <summary>Output pixels from one input pixel to the next.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>Rows and columns cut from each side of the output.</summary>
    public int Padding { get; init; }

    /// <summary>Rows and columns added at the bottom and right of the output.</summary>
    public int OutputPadding { get; init; }

    /// <summary>Pixels from one kernel tap to the next.</summary>
    public int Dilation { get; init; } = 1;

    /// <summary>Groups of channels that do not see each other.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Whether a bias is added.</summary>
    public bool Bias { get; init; } = true;

    /// <summary>
    /// Start of the weight <c>[C, O/groups, k, k]</c>; default: uniform with bound 1 / sqrt(O/groups * k * k), the fan-in as
    /// the published code's library reads it from this shape.
    /// </summary>
    public Initializer? WeightInitializer { get; init; }

    /// <summary>Start of the bias <c>[O]</c>; default: as the weight's.</summary>
    public Initializer? BiasInitializer { get; init; }
}

/// <summary>
/// A transposed two-dimensional convolution: side H becomes (H - 1) stride - 2 padding + dilation (k - 1) + 1 + output padding.
/// Parameters <c>weight</c>, <c>bias</c>.
/// </summary>
public sealed class ConvTranspose2d
{
    private readonly Parameter _weight;
    private readonly Parameter? _bias;
    private readonly ConvolutionWindow _window;

    /// <summary>Makes or reads the parameters.</summary>
    /// <exception cref="ArgumentException">The groups do not divide the channels.</exception>
    public ConvTranspose2d(ConvTranspose2dOptions options, WeightSource source)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(source);
        if (options.Groups < 1 || options.Inputs % options.Groups != 0 || options.Outputs % options.Groups != 0)
        {
            throw new ArgumentException($"ConvTranspose2d: groups must divide the channels, got {options}.", nameof(options));
        }

        _window = new ConvolutionWindow(options.Stride, options.Padding, options.Dilation, options.Groups, options.OutputPadding);
        var shape = new Shape(options.Inputs, options.Outputs / options.Groups, options.Kernel, options.Kernel);
        _weight = source.Get("weight", shape, options.WeightInitializer ?? Start.LibraryDefault());
        _bias = options.Bias
            ? source.Get("bias", new Shape(options.Outputs), options.BiasInitializer ?? Start.LibraryDefaultBias(shape))
            : null;
    }

    /// <summary><c>[B, C, H, W]</c> to <c>[B, O, H', W']</c>.</summary>
    /// <param name="x">The maps.</param>
    /// <param name="relu">Whether negative results become 0.</param>
    public Variable Forward(Variable x, bool relu = false) =>
        x.ConvTranspose2d(x.Tape.Use(_weight), _bias is null ? default : x.Tape.Use(_bias), _window, relu);
}
