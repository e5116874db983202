namespace GoNoGo.Tensors.Kernels.Convolution;

/// <summary>
/// How a two-dimensional convolution walks over its input: strides, padding per side, dilations and groups. The kernel's
/// extent comes from the weight. Make one with the constructor; <c>default</c> has stride 0 and is refused.
/// </summary>
public readonly record struct ConvolutionWindow
{
    /// <summary>The same stride, padding and dilation in both directions.</summary>
    /// <param name="stride">Pixels from one window to the next, at least 1.</param>
    /// <param name="padding">Zeros on each of the four sides.</param>
    /// <param name="dilation">Pixels from one kernel tap to the next, at least 1.</param>
    /// <param name="groups">Groups of channels that do not see each other.</param>
    /// <param name="outputPadding">Transposed convolutions only: rows and columns added at the bottom and right of the output.</param>
    public ConvolutionWindow(int stride = 1, int padding = 0, int dilation = 1, int groups = 1, int outputPadding = 0)
    {
        StrideHeight = StrideWidth = stride;
        PaddingTop = PaddingBottom = PaddingLeft = PaddingRight = padding;
        DilationHeight = DilationWidth = dilation;
        Groups = groups;
        OutputPaddingHeight = OutputPaddingWidth = outputPadding;
    }

    /// <summary>Rows from one window to the next.</summary>
    public int StrideHeight { get; init; }

    /// <summary>Columns from one window to the next.</summary>
    public int StrideWidth { get; init; }

    /// <summary>Rows of zeros above the input.</summary>
    public int PaddingTop { get; init; }

    /// <summary>Rows of zeros below the input.</summary>
    public int PaddingBottom { get; init; }

    /// <summary>Columns of zeros to the left of the input.</summary>
    public int PaddingLeft { get; init; }

    /// <summary>Columns of zeros to the right of the input.</summary>
    public int PaddingRight { get; init; }

    /// <summary>Rows from one kernel tap to the next.</summary>
    public int DilationHeight { get; init; }

    /// <summary>Columns from one kernel tap to the next.</summary>
    public int DilationWidth { get; init; }

    /// <summary>Groups of channels that do not see each other.</summary>
    public int Groups { get; init; }

    /// <summary>Transposed convolutions only: rows added at the bottom of the output.</summary>
    public int OutputPaddingHeight { get; init; }

    /// <summary>Transposed convolutions only: columns added at the right of the output.</summary>
    public int OutputPaddingWidth { get; init; }

    /// <summary>
    /// Stride 1 with as much padding as keeps the input's extent: dilation * (kernel - 1) in total, the smaller half at the
    /// top and left.
    /// </summary>
    public static ConvolutionWindow Same(int kernelHeight, int kernelWidth, int dilation = 1, int groups = 1)
    {
        int height = dilation * (kernelHeight - 1);
        int width = dilation * (kernelWidth - 1);
        return new ConvolutionWindow(dilation: dilation, groups: groups)
        {
            PaddingTop = height / 2,
            PaddingBottom = height - (height / 2),
            PaddingLeft = width / 2,
            PaddingRight = width - (width / 2),
        };
    }

    internal void Validate(string op)
    {
        if (StrideHeight < 1 || StrideWidth < 1 || DilationHeight < 1 || DilationWidth < 1 || Groups < 1)
        {
            throw new ArgumentException($"{op}: strides, dilations and groups must be at least 1, got strides {StrideHeight}x{StrideWidth}, dilations {DilationHeight}x{DilationWidth}, {Groups} groups.");
        }

        if ((PaddingTop | PaddingBottom | PaddingLeft | PaddingRight | OutputPaddingHeight | OutputPaddingWidth) < 0)
        {
            throw new ArgumentException($"{op}: paddings must not be negative.");
        }
    }
}
