namespace GoNoGo.Tensors.Kernels.Pooling;

/// <summary>The window of a two-dimensional pooling: its extent, strides, and the padding on each side.</summary>
public readonly record struct PoolWindow
{
    /// <summary>A square window.</summary>
    /// <param name="kernel">Rows and columns of the window.</param>
    /// <param name="stride">Pixels from one window to the next; 0 means the window's extent.</param>
    /// <param name="padding">Pixels around the input that windows may reach over; smaller than the window.</param>
    public PoolWindow(int kernel, int stride = 0, int padding = 0)
    {
        KernelHeight = KernelWidth = kernel;
        StrideHeight = StrideWidth = stride == 0 ? kernel : stride;
        PaddingHeight = PaddingWidth = padding;
    }

    /// <summary>Rows of the window.</summary>
    public int KernelHeight { get; init; }

    /// <summary>Columns of the window.</summary>
    public int KernelWidth { get; init; }

    /// <summary>Rows from one window to the next.</summary>
    public int StrideHeight { get; init; }

    /// <summary>Columns from one window to the next.</summary>
    public int StrideWidth { get; init; }

    /// <summary>Rows above and below the input that windows may reach over.</summary>
    public int PaddingHeight { get; init; }

    /// <summary>Columns left and right of the input that windows may reach over.</summary>
    public int PaddingWidth { get; init; }

    /// <summary>The shape of the pooled images; windows that do not fit wholly are dropped.</summary>
    /// <param name="x"><c>[B, C, H, W]</c>.</param>
    /// <exception cref="ArgumentException">x has another rank, a number is out of range, or no window fits.</exception>
    public Shape OutputShape(Shape x)
    {
        if (x.Rank != 4 || x.ElementCount == 0)
        {
            throw new ArgumentException($"Pooling: x has shape {x}, expected [B, C, H, W] without a zero.", nameof(x));
        }

        if (KernelHeight < 1 || KernelWidth < 1 || StrideHeight < 1 || StrideWidth < 1 || PaddingHeight < 0 || PaddingWidth < 0
            || PaddingHeight >= KernelHeight || PaddingWidth >= KernelWidth)
        {
            throw new ArgumentException($"Pooling: window {KernelHeight}x{KernelWidth}, stride {StrideHeight}x{StrideWidth}, padding {PaddingHeight}x{PaddingWidth}: the first two must be at least 1, padding smaller than the window.");
        }

        int height = x[2] + (2 * PaddingHeight) - KernelHeight;
        int width = x[3] + (2 * PaddingWidth) - KernelWidth;
        if (height < 0 || width < 0)
        {
            throw new ArgumentException($"Pooling: a window of {KernelHeight}x{KernelWidth} does not fit into x {x} with padding {PaddingHeight}x{PaddingWidth}.", nameof(x));
        }

        return new Shape(x[0], x[1], (height / StrideHeight) + 1, (width / StrideWidth) + 1);
    }

    internal void Require(string op, Tensor x, Tensor y)
    {
        Shape expected = OutputShape(x.Shape);
        if (y.Shape != expected)
        {
            throw new ArgumentException($"{op}: output has shape {y.Shape}, expected {expected} for input {x.Shape}.", nameof(y));
        }
    }
}
