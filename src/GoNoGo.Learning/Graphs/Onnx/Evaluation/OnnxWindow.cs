namespace GoNoGo.Learning.Graphs.Onnx.Evaluation;

/// <summary>The windows that a convolution or pooling looks through.</summary>
internal sealed class OnnxWindow
{
    private readonly int[] _strides;
    private readonly int[] _pads;
    private readonly int[] _dilations;
    private readonly int _height;
    private readonly int _width;

    private OnnxWindow(int[] strides, int[] pads, int[] dilations, int[] kernel, int height, int width)
    {
        (_strides, _pads, _dilations, _height, _width) = (strides, pads, dilations, height, width);
        (KernelHeight, KernelWidth) = (kernel[0], kernel[1]);
        OutputHeight = ((height + pads[0] + pads[2] - (dilations[0] * (KernelHeight - 1)) - 1) / strides[0]) + 1;
        OutputWidth = ((width + pads[1] + pads[3] - (dilations[1] * (KernelWidth - 1)) - 1) / strides[1]) + 1;
    }

    public int KernelHeight { get; }

    public int KernelWidth { get; }

    public int OutputHeight { get; }

    public int OutputWidth { get; }

    /// <summary>The windows of a node over <c>[B, C, H, W]</c>.</summary>
    public static OnnxWindow Of(OnnxNode node, int[] shape, int[] kernel) => new(
        node.Integers("strides", 1, 1), node.Integers("pads", 0, 0, 0, 0), node.Integers("dilations", 1, 1), node.Integers("kernel_shape", kernel), shape[2], shape[3]);

    /// <summary>The place of a window's value in its plane; -1 in the padding.</summary>
    public int PlaceOf(int row, int column, int kernelRow, int kernelColumn)
    {
        int y = (row * _strides[0]) - _pads[0] + (kernelRow * _dilations[0]);
        int x = (column * _strides[1]) - _pads[1] + (kernelColumn * _dilations[1]);
        return y >= 0 && y < _height && x >= 0 && x < _width ? (y * _width) + x : -1;
    }

    /// <summary>The matrix of all windows, <c>[C kH kW, oH oW]</c>.</summary>
    public void Gather(ReadOnlySpan<double> planes, int channels, Span<double> windows)
    {
        int at = 0;
        int plane = _height * _width;
        for (int channel = 0; channel < channels; channel++)
        {
            for (int kernel = 0; kernel < KernelHeight * KernelWidth; kernel++)
            {
                for (int row = 0; row < OutputHeight; row++)
                {
                    for (int column = 0; column < OutputWidth; column++)
                    {
                        int place = PlaceOf(row, column, kernel / KernelWidth, kernel % KernelWidth);
                        windows[at++] = place < 0 ? 0 : planes[(channel * plane) + place];
                    }
                }
            }
        }
    }
}
