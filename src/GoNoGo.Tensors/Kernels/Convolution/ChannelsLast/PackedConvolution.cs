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
    private readonly PackedMatrix _weight;
    private readonly TensorScope _scope = new();
    private readonly Tensor _zeros;

    private PackedConvolution(in ConvolutionGeometry geometry, PackedMatrix weight)
    {
        _geometry = geometry;
        _weight = weight;
        _zeros = _scope.Zeros(new Shape(geometry.InputChannels));
    }

    private bool IsPointwise => _geometry is { Taps: 1, Window: { StrideHeight: 1, StrideWidth: 1, PaddingTop: 0, PaddingBottom: 0, PaddingLeft: 0, PaddingRight: 0 } };

    /// <summary>Whether there is a form of the convolution: groups have none.</summary>
    public static bool Supports(in ConvolutionWindow window) => window.Groups == 1;

    /// <summary>Packs a weight.</summary>
    /// <param name="weight"><c>[O, C, kh, kw]</c>; not needed afterwards.</param>
    /// <param name="geometry">From <see cref="ConvolutionGeometry.ForConv2d"/>.</param>
    /// <exception cref="ArgumentException">Another shape, or groups.</exception>
    public static PackedConvolution Pack(Tensor weight, in ConvolutionGeometry geometry)
    {
        geometry.Require("PackedConvolution", nameof(weight), weight.Shape, geometry.WeightShape);
        if (!Supports(geometry.Window))
        {
            throw new ArgumentException($"PackedConvolution: {geometry.Window.Groups} groups, expected 1.", nameof(geometry));
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

        return new PackedConvolution(geometry, PackedMatrix.Pack(matrix, transposeB: true));
    }

    /// <summary>y = epilogue(conv(x)) on channels-last images.</summary>
    /// <param name="x"><c>[B, H W, C]</c>.</param>
    /// <param name="epilogue">A column is an output channel, a row a pixel; the residual has y's shape.</param>
    /// <param name="y"><c>[B, H' W', O]</c>.</param>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public void Run(Tensor x, in MatrixEpilogue epilogue, Tensor y)
    {
        int images = Images(x, y, new Shape(x.Rank == 0 ? 0 : x.Shape[0], _geometry.InputHeight * _geometry.InputWidth, _geometry.InputChannels));
        if (IsPointwise)
        {
            MatrixMultiply.Run(Rows(x), transposeA: false, _weight, Rows(y), epilogue with { Residual = Rows(epilogue.Residual) });
            return;
        }

        Multiply(new PixelPanelSource(_geometry, x.Pointer, _zeros.Pointer), images, epilogue, y);
    }

    /// <summary>The same on maps <c>[B, C, H, W]</c>: for the first convolution of a network, whose images have few channels.</summary>
    /// <param name="x"><c>[B, C, H, W]</c>.</param>
    /// <param name="epilogue">A column is an output channel, a row a pixel; the residual has y's shape.</param>
    /// <param name="y"><c>[B, H' W', O]</c>.</param>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public void RunOnMaps(Tensor x, in MatrixEpilogue epilogue, Tensor y)
    {
        int images = Images(x, y, _geometry.InputShape(x.Rank == 0 ? 0 : x.Shape[0]));
        var padded = new PaddedPixels(_geometry);
        TensorStorage storage = MemoryPool.Shared.Rent(padded.ImageSize * images);
        try
        {
            padded.Fill(x.Pointer, images, storage.Pointer);
            Multiply(new PixelPanelSource(_geometry, padded, storage.Pointer), images, epilogue, y);
        }
        finally
        {
            MemoryPool.Shared.Return(storage);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _weight.Dispose();
        _scope.Dispose();
    }

    private static Tensor Rows(Tensor tensor) =>
        tensor.IsEmpty || tensor.Rank != 3 ? tensor : tensor.Reshape(new Shape(checked(tensor.Shape[0] * tensor.Shape[1]), tensor.Shape[2]));

    private int Images(Tensor x, Tensor y, Shape expected)
    {
        _geometry.Require("PackedConvolution", nameof(x), x.Shape, expected);
        _geometry.Require("PackedConvolution", nameof(y), y.Shape, new Shape(expected[0], _geometry.OutputHeight * _geometry.OutputWidth, _geometry.OutputChannels));
        return expected[0];
    }

    private void Multiply(PixelPanelSource windows, int images, in MatrixEpilogue epilogue, Tensor y)
    {
        int pixels = checked(images * _geometry.OutputHeight * _geometry.OutputWidth);
        MatrixMultiply.Run(pixels, windows, _weight, Rows(y), epilogue with { Residual = Rows(epilogue.Residual) });
    }
}
