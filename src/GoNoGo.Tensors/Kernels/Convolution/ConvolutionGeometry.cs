namespace GoNoGo.Tensors.Kernels.Convolution;

/// <summary>
/// All extents of one two-dimensional convolution with weight <c>[OutputChannels, InputChannels / Groups, KernelHeight,
/// KernelWidth]</c>. A transposed convolution is described by the convolution that it is the adjoint of: its result is that
/// convolution's input, its argument that convolution's output, and the weight has the same layout in memory.
/// </summary>
public readonly record struct ConvolutionGeometry
{
    private ConvolutionGeometry(in ConvolutionWindow window, Shape weight)
    {
        Window = window;
        OutputChannels = weight[0];
        InputChannels = weight[1] * window.Groups;
        KernelHeight = weight[2];
        KernelWidth = weight[3];
    }

    /// <summary>Strides, paddings, dilations, groups.</summary>
    public ConvolutionWindow Window { get; }

    /// <summary>Channels of the convolution's input.</summary>
    public int InputChannels { get; }

    /// <summary>Rows of the convolution's input.</summary>
    public int InputHeight { get; private init; }

    /// <summary>Columns of the convolution's input.</summary>
    public int InputWidth { get; private init; }

    /// <summary>Channels of the convolution's output.</summary>
    public int OutputChannels { get; }

    /// <summary>Rows of the convolution's output.</summary>
    public int OutputHeight { get; private init; }

    /// <summary>Columns of the convolution's output.</summary>
    public int OutputWidth { get; private init; }

    /// <summary>Rows of the kernel.</summary>
    public int KernelHeight { get; }

    /// <summary>Columns of the kernel.</summary>
    public int KernelWidth { get; }

    /// <summary>Channels of the input per group.</summary>
    public int GroupInputChannels => InputChannels / Window.Groups;

    /// <summary>Channels of the output per group.</summary>
    public int GroupOutputChannels => OutputChannels / Window.Groups;

    /// <summary>Taps of the kernel.</summary>
    public int Taps => KernelHeight * KernelWidth;

    /// <summary>Multiplications of one image, padding included.</summary>
    public long Products => (long)OutputChannels * OutputHeight * OutputWidth * GroupInputChannels * Taps;

    /// <summary>The geometry of y = conv2d(x, weight).</summary>
    /// <param name="x"><c>[B, C, H, W]</c>.</param>
    /// <param name="weight"><c>[O, C / groups, kh, kw]</c>.</param>
    /// <param name="window">Strides, paddings, dilations, groups.</param>
    /// <exception cref="ArgumentException">The shapes do not fit each other, or the kernel is larger than the padded input.</exception>
    public static ConvolutionGeometry ForConv2d(Shape x, Shape weight, in ConvolutionWindow window)
    {
        Check("Conv2d", x, weight, window);
        if (x[1] != weight[1] * window.Groups || weight[0] % window.Groups != 0)
        {
            throw new ArgumentException($"Conv2d: weight {weight} with {window.Groups} groups, expected [O (divisible by groups), {x[1]} / groups, kh, kw] for x {x}.", nameof(weight));
        }

        int height = Extent(x[2] + window.PaddingTop + window.PaddingBottom, weight[2], window.StrideHeight, window.DilationHeight);
        int width = Extent(x[3] + window.PaddingLeft + window.PaddingRight, weight[3], window.StrideWidth, window.DilationWidth);
        if (height < 1 || width < 1)
        {
            throw new ArgumentException($"Conv2d: weight {weight} is larger than the padded x {x}.", nameof(weight));
        }

        return new ConvolutionGeometry(window, weight) { InputHeight = x[2], InputWidth = x[3], OutputHeight = height, OutputWidth = width };
    }

    /// <summary>The geometry of y = conv_transpose2d(x, weight): that of the convolution from y's shape to x's shape.</summary>
    /// <param name="x"><c>[B, C, H, W]</c>.</param>
    /// <param name="weight"><c>[C, O / groups, kh, kw]</c>.</param>
    /// <param name="window">Strides, paddings, dilations, groups, output paddings (smaller than stride or dilation).</param>
    /// <exception cref="ArgumentException">The shapes do not fit each other, or the output would be empty.</exception>
    public static ConvolutionGeometry ForConvTranspose2d(Shape x, Shape weight, in ConvolutionWindow window)
    {
        Check("ConvTranspose2d", x, weight, window);
        if (x[1] != weight[0] || x[1] % window.Groups != 0)
        {
            throw new ArgumentException($"ConvTranspose2d: weight {weight} with {window.Groups} groups, expected [{x[1]} (divisible by groups), O / groups, kh, kw] for x {x}.", nameof(weight));
        }

        if (window.OutputPaddingHeight >= Math.Max(window.StrideHeight, window.DilationHeight)
            || window.OutputPaddingWidth >= Math.Max(window.StrideWidth, window.DilationWidth))
        {
            throw new ArgumentException($"ConvTranspose2d: output padding {window.OutputPaddingHeight}x{window.OutputPaddingWidth} must be smaller than stride or dilation.", nameof(window));
        }

        int height = ((x[2] - 1) * window.StrideHeight) - window.PaddingTop - window.PaddingBottom
            + (window.DilationHeight * (weight[2] - 1)) + window.OutputPaddingHeight + 1;
        int width = ((x[3] - 1) * window.StrideWidth) - window.PaddingLeft - window.PaddingRight
            + (window.DilationWidth * (weight[3] - 1)) + window.OutputPaddingWidth + 1;
        if (height < 1 || width < 1)
        {
            throw new ArgumentException($"ConvTranspose2d: x {x} and weight {weight} give an output of {height}x{width}.", nameof(x));
        }

        return new ConvolutionGeometry(window, weight) { InputHeight = height, InputWidth = width, OutputHeight = x[2], OutputWidth = x[3] };
    }

    /// <summary>The shape of the convolution's input (a transposed convolution's result) for a batch of <paramref name="images"/>.</summary>
    public Shape InputShape(int images) => new(images, InputChannels, InputHeight, InputWidth);

    /// <summary>The shape of the convolution's output (a transposed convolution's argument) for a batch of <paramref name="images"/>.</summary>
    public Shape OutputShape(int images) => new(images, OutputChannels, OutputHeight, OutputWidth);

    /// <summary>The shape of the weight.</summary>
    public Shape WeightShape => new(OutputChannels, GroupInputChannels, KernelHeight, KernelWidth);

    internal void Require(string op, string argument, Shape actual, Shape expected)
    {
        if (actual != expected)
        {
            throw new ArgumentException($"{op}: {argument} has shape {actual}, expected {expected} (weight {WeightShape}).", argument);
        }
    }

    private static int Extent(int padded, int kernel, int stride, int dilation)
    {
        int room = padded - (dilation * (kernel - 1)) - 1;
        return room < 0 ? 0 : (room / stride) + 1;
    }

    private static void Check(string op, Shape x, Shape weight, in ConvolutionWindow window)
    {
        window.Validate(op);
        if (x.Rank != 4 || x.ElementCount == 0)
        {
            throw new ArgumentException($"{op}: x has shape {x}, expected [B, C, H, W] without a zero.", nameof(x));
        }

        if (weight.Rank != 4 || weight.ElementCount == 0)
        {
            throw new ArgumentException($"{op}: weight has shape {weight}, expected four dimensions without a zero.", nameof(weight));
        }
    }
}
