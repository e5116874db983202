using GoNoGo.Tensors.Memory;

namespace GoNoGo.Tensors.Kernels.Convolution;

/// <summary>
/// A convolution of frozen inference: weights packed once, results with the channels last. Output channels are the vectors' dimension, so
/// that small maps waste no lanes, and a pixel's sums stay in order of tap row, tap column and channel. Immutable and safe to use from
/// several threads; it keeps the vector width that it was packed for. Disposing it gives the memory back; no call may be running then.
/// </summary>
public sealed unsafe class PackedConvolution : IDisposable
{
    private readonly ConvolutionGeometry _geometry;
    private readonly PackedMatrix? _weight;
    private readonly WinogradConvolution? _winograd;
    private readonly bool _fromMaps;
    private readonly TensorScope _scope = new();
    private readonly Tensor _zeros;

    private PackedConvolution(in ConvolutionGeometry geometry, PackedMatrix? weight, WinogradConvolution? winograd, bool fromMaps)
    {
        _geometry = geometry;
        _weight = weight;
        _winograd = winograd;
        _fromMaps = fromMaps;
        _zeros = _scope.Zeros(new Shape(geometry.InputChannels));
    }

    private bool IsPointwise => _geometry is { Taps: 1, Window: { StrideHeight: 1, StrideWidth: 1, PaddingTop: 0, PaddingBottom: 0, PaddingLeft: 0, PaddingRight: 0 } };

    /// <summary>Whether there is a form of the convolution: groups have none.</summary>
    public static bool Supports(in ConvolutionWindow window) => window.Groups == 1;

    /// <summary>Packs a weight.</summary>
    /// <param name="weight"><c>[O, C, kh, kw]</c>; not needed afterwards.</param>
    /// <param name="geometry">From <see cref="ConvolutionGeometry.ForConv2d"/>.</param>
    /// <param name="fromMaps">Whether the input will be maps <c>[B, C, H, W]</c>: for a network's first convolution, whose images have few channels.</param>
    /// <exception cref="ArgumentException">Another shape, or groups.</exception>
    public static PackedConvolution Pack(Tensor weight, in ConvolutionGeometry geometry, bool fromMaps = false)
    {
        geometry.Require("PackedConvolution", nameof(weight), weight.Shape, geometry.WeightShape);
        if (!Supports(geometry.Window))
        {
            throw new ArgumentException($"PackedConvolution: {geometry.Window.Groups} groups, expected 1.", nameof(geometry));
        }

        if (!fromMaps && WinogradConvolution.Fits(geometry))
        {
            return new PackedConvolution(geometry, null, new WinogradConvolution(weight, geometry), fromMaps);
        }

        using var scope = new TensorScope();
        (int outputs, int channels, int taps) = (geometry.OutputChannels, geometry.InputChannels, geometry.Taps);
        Tensor matrix = scope.New(new Shape(outputs, checked(taps * channels)));
        for (int o = 0; o < outputs; o++)
        {
            ReadOnlySpan<float> from = weight[o].Span;
            Span<float> to = matrix[o].Span;
            for (int i = 0; i < from.Length; i++)
            {
                to[(i % taps * channels) + (i / taps)] = from[i];
            }
        }

        return new PackedConvolution(geometry, PackedMatrix.Pack(matrix, transposeB: true), null, fromMaps);
    }

    /// <summary>y = epilogue(conv(x)).</summary>
    /// <param name="x"><c>[B, H W, C]</c>; packed for maps: <c>[B, C, H, W]</c>.</param>
    /// <param name="epilogue">A column is an output channel, a row a pixel; the residual has y's shape.</param>
    /// <param name="y"><c>[B, H' W', O]</c>.</param>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public void Run(Tensor x, in MatrixEpilogue epilogue, Tensor y)
    {
        int images = x.Rank == 0 ? 0 : x.Shape[0];
        _geometry.Require("PackedConvolution", nameof(x), x.Shape, _fromMaps ? _geometry.InputShape(images) : new Shape(images, _geometry.InputHeight * _geometry.InputWidth, _geometry.InputChannels));
        int pixels = checked(_geometry.OutputHeight * _geometry.OutputWidth);
        _geometry.Require("PackedConvolution", nameof(y), y.Shape, new Shape(images, pixels, _geometry.OutputChannels));
        MatrixEpilogue rows = epilogue with { Residual = Rows(epilogue.Residual) };
        pixels = checked(pixels * images);
        if (_winograd is not null)
        {
            _winograd.Run(x.Pointer, images, MatrixMultiply.Store(Rows(y), pixels, _geometry.OutputChannels, rows));
        }
        else if (_fromMaps)
        {
            RunOnMaps(x, images, pixels, rows, y);
        }
        else if (IsPointwise)
        {
            MatrixMultiply.Run(Rows(x), transposeA: false, _weight!, Rows(y), rows);
        }
        else
        {
            MatrixMultiply.Run(pixels, new PixelPanelSource(_geometry, x.Pointer, _zeros.Pointer), _weight!, Rows(y), rows);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _weight?.Dispose();
        _winograd?.Dispose();
        _scope.Dispose();
    }

    private static Tensor Rows(Tensor tensor) =>
        tensor.IsEmpty || tensor.Rank != 3 ? tensor : tensor.Reshape(new Shape(checked(tensor.Shape[0] * tensor.Shape[1]), tensor.Shape[2]));

    private void RunOnMaps(Tensor x, int images, int pixels, in MatrixEpilogue rows, Tensor y)
    {
        var padded = new PaddedPixels(_geometry);
        TensorStorage storage = MemoryPool.Shared.Rent(padded.ImageSize * images);
        try
        {
            padded.Fill(x.Pointer, images, storage.Pointer);
            MatrixMultiply.Run(pixels, new PixelPanelSource(_geometry, padded, storage.Pointer), _weight!, Rows(y), rows);
        }
        finally
        {
            MemoryPool.Shared.Return(storage);
        }
    }
}
