using System.Runtime.CompilerServices;

namespace GoNoGo.Tensors.Kernels.Convolution;

/// <summary>
/// The windows of a convolution over channels-last images as the left operand of a product: a lane is an output pixel, the depth runs
/// over tap row, tap column and channel. Nothing is unrolled in memory but the panels themselves.
/// </summary>
internal readonly unsafe struct PixelPanelSource : IPanelSource
{
    /// <summary>The most lanes of a panel.</summary>
    public const int MaxLanes = 32;

    private readonly float* _x;
    private readonly float* _zeros;
    private readonly int _height;
    private readonly int _width;
    private readonly int _channels;
    private readonly int _outputHeight;
    private readonly int _outputWidth;
    private readonly int _strideHeight;
    private readonly int _strideWidth;
    private readonly int _dilationHeight;
    private readonly int _dilationWidth;
    private readonly int _top;
    private readonly int _left;
    private readonly int _tapColumns;
    private readonly int _segment;

    /// <summary>The windows of images as they are: what lies outside is zero.</summary>
    /// <param name="g">The convolution.</param>
    /// <param name="x"><c>[B, H, W, C]</c>.</param>
    /// <param name="zeros">C zeros.</param>
    public PixelPanelSource(in ConvolutionGeometry g, float* x, float* zeros)
    {
        _x = x;
        _zeros = zeros;
        (_height, _width, _channels) = (g.InputHeight, g.InputWidth, g.InputChannels);
        (_outputHeight, _outputWidth) = (g.OutputHeight, g.OutputWidth);
        (_strideHeight, _strideWidth) = (g.Window.StrideHeight, g.Window.StrideWidth);
        (_dilationHeight, _dilationWidth) = (g.Window.DilationHeight, g.Window.DilationWidth);
        (_top, _left) = (g.Window.PaddingTop, g.Window.PaddingLeft);
        _tapColumns = g.KernelWidth;
        _segment = g.InputChannels;
    }

    /// <summary>The windows of images with their padding around them: a row of a window without dilation is one piece of memory.</summary>
    /// <param name="g">The convolution.</param>
    /// <param name="padded">The extents of the padded images.</param>
    /// <param name="x"><c>[B, Height, Width, C]</c>.</param>
    public PixelPanelSource(in ConvolutionGeometry g, in PaddedPixels padded, float* x)
        : this(g, x, null)
    {
        (_height, _width) = (padded.Height, padded.Width);
        (_top, _left) = (0, 0);
        if (g.Window.DilationWidth == 1)
        {
            _tapColumns = 1;
            _segment = g.KernelWidth * g.InputChannels;
        }
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Pack(int lane0, int laneCount, int depth0, int depthCount, int panelWidth, float* destination)
    {
        float** images = stackalloc float*[MaxLanes];
        int* rows = stackalloc int[MaxLanes];
        int* columns = stackalloc int[MaxLanes];
        float** lanes = stackalloc float*[MaxLanes];
        int line = lane0 / _outputWidth;
        int column = lane0 - (line * _outputWidth);
        int image = line / _outputHeight;
        int row = line - (image * _outputHeight);
        nint imageSize = (nint)_height * _width * _channels;
        for (int lane = 0; lane < laneCount; lane++)
        {
            images[lane] = _x + (image * imageSize);
            rows[lane] = (row * _strideHeight) - _top;
            columns[lane] = (column * _strideWidth) - _left;
            if (++column == _outputWidth)
            {
                column = 0;
                if (++row == _outputHeight)
                {
                    row = 0;
                    image++;
                }
            }
        }

        int tap = depth0 / _segment;
        int from = depth0 - (tap * _segment);
        while (depthCount > 0)
        {
            int count = Math.Min(_segment - from, depthCount);
            int tapRow = tap / _tapColumns;
            int down = tapRow * _dilationHeight;
            int right = (tap - (tapRow * _tapColumns)) * _dilationWidth;
            for (int lane = 0; lane < laneCount; lane++)
            {
                int y = rows[lane] + down;
                int x = columns[lane] + right;
                bool isInside = (uint)y < (uint)_height && (uint)x < (uint)_width;
                lanes[lane] = isInside ? images[lane] + ((((nint)y * _width) + x) * _channels) + from : _zeros;
            }

            LanePacking.Run(lanes, laneCount, count, panelWidth, destination);
            destination += (nint)count * panelWidth;
            depthCount -= count;
            from = 0;
            tap++;
        }
    }
}
