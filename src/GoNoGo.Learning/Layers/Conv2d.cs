using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Learning.Initializers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels.Convolution;
using Start = GoNoGo.Learning.Initializers.Initializers;

namespace GoNoGo.Learning.Layers;

/// <summary>The sizes and start values of a <see cref="Conv2d"/> layer.</summary>
/// <param name="Inputs">Channels of the input, C.</param>
/// <param name="Outputs">Channels of the output, O.</param>
/// <param name="Kernel">Rows and columns of the kernel, k.</param>
public sealed record Conv2dOptions(int Inputs, int Outputs, int Kernel)
{
    /// <summary>Pixels from one window to the next.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>Zeros on each side.</summary>
    public int Padding { get; init; }

    /// <summary>Instead of <see cref="Padding"/>: as many zeros as keep the extent (stride 1 only), the smaller half at the top and left.</summary>
    public bool KeepsExtent { get; init; }

    /// <summary>Pixels from one kernel tap to the next.</summary>
    public int Dilation { get; init; } = 1;

    /// <summary>Groups of channels that do not see each other.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Whether a bias is added.</summary>
    public bool Bias { get; init; } = true;

    /// <summary>Start of the weight <c>[O, C/groups, k, k]</c>; default: uniform with bound 1 / sqrt(fan-in), fan-in = C/groups * k * k.</summary>
    public Initializer? WeightInitializer { get; init; }

    /// <summary>Start of the bias <c>[O]</c>; default: as the weight's.</summary>
    public Initializer? BiasInitializer { get; init; }
}

/// <summary>A two-dimensional convolution. Parameters <c>weight</c>, <c>bias</c>.</summary>
public sealed class Conv2d
{
    private readonly Parameter _weight;
    private readonly Parameter? _bias;
    private readonly ConvolutionWindow _window;

    /// <summary>Makes or reads the parameters.</summary>
    /// <exception cref="ArgumentException">The groups do not divide the channels, or extent and stride contradict.</exception>
    public Conv2d(Conv2dOptions options, WeightSource source)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(source);
        if (options.Groups < 1 || options.Inputs % options.Groups != 0 || options.Outputs % options.Groups != 0
            || (options.KeepsExtent && (options.Stride != 1 || options.Padding != 0)))
        {
            throw new ArgumentException($"Conv2d: groups must divide the channels, and an extent is kept with stride 1 and no padding only, got {options}.", nameof(options));
        }

        _window = options.KeepsExtent
            ? ConvolutionWindow.Same(options.Kernel, options.Kernel, options.Dilation, options.Groups)
            : new ConvolutionWindow(options.Stride, options.Padding, options.Dilation, options.Groups);
        var shape = new Shape(options.Outputs, options.Inputs / options.Groups, options.Kernel, options.Kernel);
        _weight = source.Get("weight", shape, options.WeightInitializer ?? Start.LibraryDefault());
        _bias = options.Bias
            ? source.Get("bias", new Shape(options.Outputs), options.BiasInitializer ?? Start.LibraryDefaultBias(shape))
            : null;
    }

    /// <summary><c>[B, C, H, W]</c> to <c>[B, O, H', W']</c>.</summary>
    /// <param name="x">The maps.</param>
    /// <param name="relu">Whether negative results become 0.</param>
    public Variable Forward(Variable x, bool relu = false) =>
        x.Conv2d(x.Tape.Use(_weight), _bias is null ? default : x.Tape.Use(_bias), _window, relu);
}
